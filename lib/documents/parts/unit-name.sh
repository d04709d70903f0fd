# shellcheck shell=sh
# The unit that SSM_Service names.

# Old agents neither check patterns nor keep text out of numbers, hence the check here.
check_service_name() { # service -> unit
  case $service in
    '') refuse 10 'SSM_Service is missing: name the service. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it' ;;
    *[!A-Za-z0-9@._-]* | [!A-Za-z0-9]*) refuse 10 'SSM_Service is not a unit name: only letters, digits, @ . _ - and a letter or digit first' ;;
  esac
  if [ "${#service}" -gt 128 ]; then
    refuse 10 'SSM_Service is longer than 128 characters'
  fi
  case $service in
    *.service) unit=$service ;;
    *.socket | *.target | *.timer | *.mount | *.automount | *.swap | *.slice | *.scope | *.path | *.device)
      refuse 10 "$service is not a service" ;;
    *) unit=$service.service ;;
  esac
  case $unit in
    *@.service) refuse 10 "$unit is a template: name an instance of it" ;;
  esac
}
