# Restarts one Windows service and waits until it stays up. Runs as SYSTEM through a Systems Manager Command document, in Windows
# PowerShell 5.1.
#
# Parameters (environment):
#   SSM_Service               name of the service, not its display name. Required.
#   SSM_Manager               auto, the default. There is only one on Windows.
#   SSM_StopTimeoutSeconds    how long the service may take to stop before its process is killed. 1..300, default 20.
#   SSM_StartTimeoutSeconds   how long it may take from there until it runs. 1..900, or own, the default: as long as it is starting,
#                             at most 300.
#   SSM_StableSeconds         how long it must then keep its process. 1..60, default 5.
#   SSM_WhenActive            what to do with a service that runs: restart, the default, or refuse, for whom no process was seen. So it is
#                             with one that is starting, for at most 900 s.
#
# Running services that depend on it are stopped with it, as Windows demands, and started again, whatever became of it.
# Safe twice: a second run waits for the first and then restarts once more. Exit codes as on Linux:
#   0   restarted, running and stable         20  did not run in time
#   10  bad parameter                         21  could not be stopped
#   11  no such manager on Windows            22  ran but did not stay so
#   12  unknown service                       23  Windows refused the restart
#   13  service is disabled                   24  another restart of the service did not end in time
#   15  protected service, or one whose       25  Windows does not answer
#       failure reboots the machine           26  runs again, but not all that was stopped with it
#   16  runs or is starting, and was to be
#       left alone then
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

. parts/verdicts.ps1

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

# Killing a service counts as its failure. Windows keeps what is to be done then as a structure: five numbers of 32 bits, of which the
# fourth counts the actions, then for each its kind and delay. Kind 2 reboots the machine.
function Assert-NoReboot([string] $Name) {
    $key = Get-ItemProperty -LiteralPath ('HKLM:\SYSTEM\CurrentControlSet\Services\' + $Name)
    if ($null -eq $key.PSObject.Properties['FailureActions']) {
        return
    }
    $actions = [byte[]] $key.FailureActions
    for ($at = 20; $at + 4 -le $actions.Length; $at += 8) {
        if ([BitConverter]::ToInt32($actions, $at) -eq 2) {
            Exit-Refused 15 "$Name has Windows reboot the machine when it fails, which a restart may look like"
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

# Windows lets a start go on for ever, so that after the longest time that a policy can give it is none any more. A process that several
# services share may be older than the start, which then counts as a long one.
function Test-Starting($State) {
    if ($State.State -ne 'Start Pending') {
        return $false
    }
    if ([int] $State.ProcessId -eq 0) {
        return $true
    }
    $process = Get-CimInstance -ClassName Win32_Process -Filter ('ProcessId = {0}' -f $State.ProcessId) -OperationTimeoutSec 15
    if ($null -eq $process -or $null -eq $process.CreationDate) {
        return $true
    }
    return (([DateTime]::UtcNow - $process.CreationDate.ToUniversalTime()).TotalSeconds -lt 900)
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
        Exit-Restarted 21 "$name did not stop within $stopTimeout s, and shares its process with other services"
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

# False when Windows refuses.
function Request-Start([string] $Name) {
    if ((Get-State $Name).State -eq 'Running') {
        return $true
    }
    try {
        (Get-Service -Name $Name).Start()
        return $true
    }
    catch {
        # The service's own recovery may have started it meanwhile.
        return ((Get-State $Name).State -ne 'Stopped')
    }
}

# Whether it runs within the time. By its own time it is given up when Windows has stopped it, at the second look.
function Test-Started([string] $Name) {
    $script:stops = 0
    Test-Within $startTimeout {
        $state = (Get-State $Name).State
        if ($state -eq 'Stopped') {
            $script:stops += 1
        }
        $state -eq 'Running' -or ($startsOwn -and $script:stops -gt 5)
    } | Out-Null
    (Get-State $Name).State -eq 'Running'
}

# Whatever became of the service itself, what was stopped with it is started again. The names of those that do not come up.
function Start-Dependents {
    $down = @()
    foreach ($dependent in $dependents) {
        if (-not (Request-Start $dependent.ServiceName) -or -not (Test-Within 20 { (Get-State $dependent.ServiceName).State -eq 'Running' })) {
            $down += $dependent.ServiceName
        }
    }
    return $down
}

function Exit-Restarted([int] $Code, [string] $Why) {
    Write-State 'after'
    Write-Log $before.DisplayName 10
    Start-Dependents | Out-Null
    Exit-Failed $Code $Why
}

$name = [string] $env:SSM_Service
if ($name -cnotmatch '\A[A-Za-z0-9][A-Za-z0-9@._-]{0,127}\z') {
    Exit-Refused 10 'SSM_Service is missing, or is not a service name: only letters, digits, @ . _ - and a letter or digit first. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it'
}
if ([string] $env:SSM_Manager -cnotmatch '\A(auto)?\z') {
    Exit-Refused 11 'Windows has only its own service manager: SSM_Manager must be auto'
}
$stopTimeout = Read-Seconds 'SSM_StopTimeoutSeconds' ([string] $env:SSM_StopTimeoutSeconds) '20' 1 300
$startText = [string] $env:SSM_StartTimeoutSeconds
$startsOwn = $startText -cmatch '\A(own)?\z'
if ($startsOwn) {
    $startText = '300'
}
$startTimeout = Read-Seconds 'SSM_StartTimeoutSeconds' $startText '300' 1 900
$stableSeconds = Read-Seconds 'SSM_StableSeconds' ([string] $env:SSM_StableSeconds) '5' 1 60
$whenActive = [string] $env:SSM_WhenActive
if ($whenActive -cnotmatch '\A(restart|refuse)?\z') {
    Exit-Refused 10 'SSM_WhenActive must be restart or refuse'
}
Assert-NotProtected $name

$before = Get-State $name
if ($null -eq $before) {
    Exit-Refused 12 "$name is unknown to Windows"
}
if ($before.StartMode -eq 'Disabled') {
    Exit-Refused 13 "$name is disabled: someone decided that it must not run"
}
Assert-NoReboot $name
if ($whenActive -ceq 'refuse' -and $before.State -eq 'Running') {
    Exit-Refused 16 ('{0} runs, process {1}: whoever saw no process looked for another name, or it is back by itself' -f $name, $before.ProcessId)
}
if ($whenActive -ceq 'refuse' -and (Test-Starting $before)) {
    Exit-Refused 16 ('{0} is starting still, process {1}' -f $name, $before.ProcessId)
}
$controller = Get-Service -Name $name
$dependents = @($controller.DependentServices | Where-Object { $_.Status -ne 'Stopped' })
foreach ($dependent in $dependents) {
    Assert-NotProtected $dependent.ServiceName
    Assert-NoReboot $dependent.ServiceName
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

# Windows does not take the request to stop a service on which another one still runs.
foreach ($dependent in $dependents) {
    Request-Stop $dependent
}
if (-not (Test-Within $stopTimeout { @($dependents | Where-Object { (Get-State $_.ServiceName).State -ne 'Stopped' }).Count -eq 0 })) {
    Write-Line 'note: what depends on it has not stopped in time'
}
if ($before.State -ne 'Stopped') {
    Request-Stop $controller
}
if (-not (Test-Within $stopTimeout { (Get-State $name).State -eq 'Stopped' })) {
    Stop-Hard
    if (-not (Test-Within 10 { (Get-State $name).ProcessId -ne $before.ProcessId -or (Get-State $name).State -eq 'Stopped' })) {
        Exit-Restarted 21 "$name did not stop within 10 s after its process was killed"
    }
}
if (-not (Request-Start $name)) {
    Exit-Restarted 23 "Windows refused to start $name"
}
if (-not (Test-Started $name)) {
    $state = Get-State $name
    Exit-Restarted 20 ('{0} did not run within {1} s: it is {2}, exit code {3}' -f $name, $startTimeout, $state.State, $state.ExitCode)
}

$steady = Get-State $name
$changed = Test-Within $stableSeconds {
    $state = Get-State $name
    $state.State -ne 'Running' -or $state.ProcessId -ne $steady.ProcessId
}
if ($changed) {
    Exit-Restarted 22 "$name ran but did not stay so for $stableSeconds s"
}
$down = @(Start-Dependents)
Write-State 'after'
if ($down.Count -gt 0) {
    Exit-Failed 26 ('{0} runs again, but not what was stopped with it: {1}' -f $name, ($down -join ', '))
}
Write-Line "OK: $name was restarted"
exit 0
