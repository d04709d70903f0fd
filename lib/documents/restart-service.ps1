# Restarts one Windows service and waits until it stays up. Runs as SYSTEM through a Systems Manager Command document, in Windows
# PowerShell 5.1.
#
# Parameters (environment):
#   SSM_Service               name of the service, not its display name. Required.
#   SSM_Manager               auto, the default. There is only one on Windows.
#   SSM_StopTimeoutSeconds    how long the service may take to stop before its process is killed. 1..300, default 20.
#   SSM_StartTimeoutSeconds   how long it may take from there until it runs. 1..600, default 60.
#   SSM_StableSeconds         how long it must then keep its process. 1..60, default 5.
#
# Running services that depend on it are stopped with it, as Windows demands, and started again.
# Safe twice: a second run waits for the first and then restarts once more. Exit codes as on Linux:
#   0   restarted, running and stable         20  did not run in time
#   10  bad parameter                         21  could not be stopped
#   11  no such manager on Windows            22  ran but did not stay so
#   12  unknown service                       23  Windows refused the restart
#   13  service is disabled                   24  another restart of the service did not end in time
#   15  protected service: never restarted    25  Windows does not answer
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

function Write-Line([string] $Text) {
    [Console]::Out.WriteLine($Text)
}

function Exit-Refused([int] $Code, [string] $Why) {
    Write-Line ('REFUSED: ' + $Why)
    exit $Code
}

function Exit-Failed([int] $Code, [string] $Why) {
    Write-Line ('FAILED: ' + $Why)
    exit $Code
}

trap {
    Write-Line ('FAILED: ' + ($_.Exception.Message -replace '[^\x20-\x7E]', '?'))
    exit 25
}

function Read-Seconds([string] $Name, [string] $Text, [string] $Usual, [int] $Least, [int] $Most) {
    if ($Text -eq '') {
        $Text = $Usual
    }
    if ($Text -cnotmatch '\A[0-9]{1,4}\z' -or [int] $Text -lt $Least -or [int] $Text -gt $Most) {
        Exit-Refused 10 "$Name must be a number of seconds from $Least to $Most"
    }
    [int] $Text
}

# Restarting these can cut the machine off from Systems Manager, the network, its domain or its users, or take the system down.
$protected = @(
    'AmazonSSMAgent', 'AWSLiteAgent', 'EC2Config', 'Ec2Launch*', 'Amazon EC2Launch', 'RpcSs', 'RpcEptMapper', 'DcomLaunch', 'LSM',
    'SamSs', 'Netlogon', 'NTDS', 'Kdc', 'DNS', 'ADWS', 'DFSR', 'ClusSvc', 'Dnscache', 'Dhcp', 'nsi', 'NlaSvc', 'netprofm', 'iphlpsvc',
    'BFE', 'mpssvc', 'PolicyAgent', 'LanmanServer', 'LanmanWorkstation', 'TermService', 'SessionEnv', 'UmRdpService', 'WinRM', 'sshd',
    'EventLog', 'EventSystem', 'PlugPlay', 'Power', 'ProfSvc', 'UserManager', 'gpsvc', 'Schedule', 'CryptSvc', 'KeyIso', 'VaultSvc',
    'TrustedInstaller', 'msiserver', 'WinDefend', 'MDCoreSvc', 'Sense', 'SecurityHealthService', 'Winmgmt', 'W32Time', 'BrokerInfrastructure',
    'SystemEventsBroker', 'CoreMessagingRegistrar', 'StateRepository', 'AppXSvc', 'vds', 'VSS', 'swprv', 'MSiSCSI', 'xen*', 'AWSNVMe*'
)

function Assert-NotProtected([string] $Name) {
    foreach ($pattern in $protected) {
        if ($Name -like $pattern) {
            Exit-Refused 15 "$Name is protected: restarting it can cut off or take down the machine"
        }
    }
}

function Get-State([string] $Name) {
    Get-CimInstance -ClassName Win32_Service -Filter "Name = '$Name'" -OperationTimeoutSec 15
}

function Write-State([string] $When) {
    $state = Get-State $name
    Write-Line ('{0}: {1} is {2}, process {3}, exit code {4}' -f $When, $name, $state.State, $state.ProcessId, $state.ExitCode)
}

# Diagnostics never stop the cure.
function Write-Log([string] $DisplayName, [int] $Lines) {
    Write-Line "last $Lines events:"
    try {
        $since = (Get-Date).AddHours(-24)
        $events = @(Get-WinEvent -FilterHashtable @{ LogName = 'System', 'Application'; Level = 1, 2, 3, 4; StartTime = $since } -MaxEvents 1000 |
                Where-Object { $_.ProviderName -eq $name -or ([string] $_.Message).Contains($DisplayName) } | Select-Object -First $Lines)
        foreach ($entry in $events) {
            $text = ('{0:s} {1}' -f $entry.TimeCreated, $entry.Message) -replace '[^\x20-\x7E]', '?'
            Write-Line ('  ' + $text.Substring(0, [Math]::Min(150, $text.Length)))
        }
    }
    catch {
        Write-Line '  (the event log could not be read, or holds nothing)'
    }
}

function Test-Within([int] $Seconds, [scriptblock] $Condition) {
    $deadline = [DateTime]::UtcNow.AddSeconds($Seconds)
    while (-not (& $Condition)) {
        if ([DateTime]::UtcNow -ge $deadline) {
            return $false
        }
        Start-Sleep -Milliseconds 200
    }
    return $true
}

# A process that several services share is never killed: the others did nothing wrong.
function Stop-Hard {
    $state = Get-State $name
    $processId = [int] $state.ProcessId
    if ($processId -eq 0) {
        return
    }
    $sharers = @(Get-CimInstance -ClassName Win32_Service -Filter "ProcessId = $processId" -OperationTimeoutSec 15 | Where-Object { $_.Name -ne $name })
    if ($sharers.Count -gt 0) {
        Exit-Failed 21 "$name did not stop within $stopTimeout s, and shares its process with other services"
    }
    Write-Line "did not stop within $stopTimeout s: killing process $processId"
    Stop-Process -Id $processId -Force
}

function Request-Stop([System.ServiceProcess.ServiceController] $Controller) {
    try {
        $Controller.Stop()
    }
    catch {
        Write-Line ('note: {0} did not take the request to stop' -f $Controller.ServiceName)
    }
}

function Request-Start([string] $Name) {
    if ((Get-State $Name).State -eq 'Running') {
        return
    }
    try {
        (Get-Service -Name $Name).Start()
    }
    catch {
        # The service's own recovery may have started it meanwhile.
        if ((Get-State $Name).State -eq 'Stopped') {
            Exit-Failed 23 "Windows refused to start $Name"
        }
    }
}

$name = [string] $env:SSM_Service
if ($name -cnotmatch '\A[A-Za-z0-9][A-Za-z0-9@._-]{0,127}\z') {
    Exit-Refused 10 'SSM_Service is not a service name: only letters, digits, @ . _ - and a letter or digit first'
}
if ([string] $env:SSM_Manager -cnotmatch '\A(auto)?\z') {
    Exit-Refused 11 'Windows has only its own service manager: SSM_Manager must be auto'
}
$stopTimeout = Read-Seconds 'SSM_StopTimeoutSeconds' ([string] $env:SSM_StopTimeoutSeconds) '20' 1 300
$startTimeout = Read-Seconds 'SSM_StartTimeoutSeconds' ([string] $env:SSM_StartTimeoutSeconds) '60' 1 600
$stableSeconds = Read-Seconds 'SSM_StableSeconds' ([string] $env:SSM_StableSeconds) '5' 1 60
Assert-NotProtected $name

$before = Get-State $name
if ($null -eq $before) {
    Exit-Refused 12 "$name is unknown to Windows"
}
if ($before.StartMode -eq 'Disabled') {
    Exit-Refused 13 "$name is disabled: someone decided that it must not run"
}
$controller = Get-Service -Name $name
$dependents = @($controller.DependentServices | Where-Object { $_.Status -ne 'Stopped' })
foreach ($dependent in $dependents) {
    Assert-NotProtected $dependent.ServiceName
}

$turn = New-Object System.Threading.Mutex($false, ('Global\self-healing-restart-' + $name.ToLowerInvariant()))
try {
    $mine = $turn.WaitOne([TimeSpan]::FromSeconds(30))
}
catch [System.Threading.AbandonedMutexException] {
    $mine = $true
}
if (-not $mine) {
    Exit-Failed 24 "another restart of $name is at work for more than 30 seconds"
}

Write-State 'before'
Write-Log $before.DisplayName 12

foreach ($dependent in $dependents) {
    Request-Stop $dependent
}
if ($before.State -ne 'Stopped') {
    Request-Stop $controller
}
if (-not (Test-Within $stopTimeout { (Get-State $name).State -eq 'Stopped' })) {
    Stop-Hard
    if (-not (Test-Within 10 { (Get-State $name).ProcessId -ne $before.ProcessId -or (Get-State $name).State -eq 'Stopped' })) {
        Exit-Failed 21 "$name did not stop within 10 s after its process was killed"
    }
}
Request-Start $name
if (-not (Test-Within $startTimeout { (Get-State $name).State -eq 'Running' })) {
    Write-State 'after'
    Write-Log $before.DisplayName 10
    Exit-Failed 20 "$name did not run within $startTimeout s"
}

$steady = Get-State $name
$changed = Test-Within $stableSeconds {
    $state = Get-State $name
    $state.State -ne 'Running' -or $state.ProcessId -ne $steady.ProcessId
}
if ($changed) {
    Write-State 'after'
    Write-Log $before.DisplayName 10
    Exit-Failed 22 "$name ran but did not stay so for $stableSeconds s"
}
foreach ($dependent in $dependents) {
    Request-Start $dependent.ServiceName
}
Write-State 'after'
Write-Line "OK: $name was restarted"
exit 0
