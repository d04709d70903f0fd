# Gives the CloudWatch agent of this machine the configuration that the symptoms of a fleet need, beside what it has already. Runs as
# SYSTEM through a Systems Manager Command document, some times an hour, in Windows PowerShell 5.1.
#
# Parameters (environment), deeds and exit codes as in configure-agent.sh:
#   SSM_Name, SSM_Configuration, SSM_Shards, SSM_ReachPercent, AWS_SSM_INSTANCE_ID
#   0   configured, as it was already, or its share has not come     14  another configuration of the pipeline's is here
#   10  bad parameter                                                20  the agent's own check refuses the configuration
#   11  the CloudWatch agent is not on this machine                  21  the agent does not run
#   13  another run did not end in time                              25  Windows does not answer
# As the first step of a document, before the agent is installed: 0 where there is no agent yet; 168 and 169, which end the document,
# for success and failure.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$ctl = Join-Path $env:ProgramFiles 'Amazon\AmazonCloudWatchAgent\amazon-cloudwatch-agent-ctl.ps1'
$taken = Join-Path $env:ProgramData 'Amazon\AmazonCloudWatchAgent\Configs'
$folder = Join-Path $env:ProgramData 'SelfHealing\Agent'
# Six missed runs; a run confirms the configuration of its name.
$confirmedWithinMinutes = 180

if (-not (Test-Path -LiteralPath 'Variable:DocumentStep')) {
    $DocumentStep = 'last'
}

function Write-Line([string] $Text) {
    [Console]::Out.WriteLine($Text)
}

function Exit-Step([int] $Code) {
    if ($DocumentStep -eq 'last') {
        exit $Code
    }
    if ($Code -eq 0) {
        exit 168
    }
    exit 169
}

function Exit-Refused([int] $Code, [string] $Why) {
    Write-Line ('REFUSED: ' + $Why)
    Exit-Step $Code
}

function Exit-Failed([int] $Code, [string] $Why) {
    Write-Line ('FAILED: ' + $Why)
    Exit-Step $Code
}

trap {
    Write-Line ('FAILED: ' + ($_.Exception.Message -replace '[^\x20-\x7E]', '?'))
    Exit-Step 25
}

function Read-Number([string] $Name, [string] $Value, [int] $Least, [int] $Most) {
    if ($Value -cnotmatch '\A(0|[1-9][0-9]{0,2})\z' -or [int] $Value -lt $Least -or [int] $Value -gt $Most) {
        Exit-Refused 10 ('{0} must be a number from {1} to {2}' -f $Name, $Least, $Most)
    }
    [int] $Value
}

# The agent's script tells failure by its exit code; what it says is kept.
function Invoke-Agent([string[]] $Arguments) {
    $said = & powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $ctl @Arguments 2>&1 | Out-String
    @{ Code = $LASTEXITCODE; Said = $said -replace '[^\x20-\x7E\r\n]', '?' }
}

function Test-AgentRuns {
    (Get-Service -Name 'AmazonCloudWatchAgent').Status -eq 'Running'
}

function Start-Agent {
    if (-not (Test-AgentRuns)) {
        Invoke-Agent @('-a', 'start', '-m', 'ec2') | Out-Null
        Start-Sleep -Seconds 5
    }
    Test-AgentRuns
}

function Confirm-Configuration {
    [IO.File]::WriteAllText((Join-Path $folder ($name + '.confirmed')), '')
}

# Another configuration of the pipeline's. One that nobody confirms any more gives way; which one does is answered.
function Find-Orphan {
    foreach ($other in @(Get-ChildItem -LiteralPath $taken -Filter 'file_self-healing-*.json' -File)) {
        if ($other.FullName -eq $file) {
            continue
        }
        $otherName = $other.BaseName.Substring('file_self-healing-'.Length)
        $mark = Join-Path $folder ($otherName + '.confirmed')
        $since = [DateTime]::UtcNow.AddMinutes(-$confirmedWithinMinutes)
        $booted = (Get-CimInstance -ClassName Win32_OperatingSystem -OperationTimeoutSec 30).LastBootUpTime.ToUniversalTime()
        $isFresh = (Test-Path -LiteralPath $mark) -and (Get-Item -LiteralPath $mark).LastWriteTimeUtc -gt $since
        if ($isFresh -or $booted -gt $since) {
            Exit-Refused 14 ('the configuration {0} is on this machine already, so {1} was not added: two protections must not share a machine' -f $otherName, $name)
        }
        $other.FullName
    }
}

$name = [string] $env:SSM_Name
$configuration = [string] $env:SSM_Configuration
$instance = [string] $env:AWS_SSM_INSTANCE_ID
if ($name -cnotmatch '\A[A-Za-z][A-Za-z0-9-]{0,99}\z') {
    Exit-Refused 10 'SSM_Name must begin with a letter and have only letters, digits and hyphens'
}
if ($configuration -cnotmatch '\A[A-Za-z0-9+/=]+\z') {
    Exit-Refused 10 'SSM_Configuration is not base64'
}
if ($instance -cnotmatch '\A[A-Za-z0-9-]+\z') {
    Exit-Refused 10 'AWS_SSM_INSTANCE_ID is not the id of a machine'
}
$shards = Read-Number 'SSM_Shards' ([string] $env:SSM_Shards) 1 50
$reach = Read-Number 'SSM_ReachPercent' ([string] $env:SSM_ReachPercent) 0 100

if (-not (Test-Path -LiteralPath $ctl)) {
    if ($DocumentStep -eq 'first') {
        Write-Line 'there is no CloudWatch agent yet; it is installed now'
        exit 0
    }
    Exit-Refused 11 'the CloudWatch agent is not on this machine'
}

$mutex = [Threading.Mutex]::new($false, 'Global\SelfHealingConfigureAgent')
if (-not $mutex.WaitOne([TimeSpan]::FromSeconds(60))) {
    Exit-Failed 13 'another run is at work for more than 60 seconds'
}
[IO.Directory]::CreateDirectory($folder) | Out-Null

# As on Linux: the shard by the first seven digits of the id's SHA-256, the place by the next seven.
$sha = [Security.Cryptography.SHA256]::Create()
$digest = [BitConverter]::ToString($sha.ComputeHash([Text.Encoding]::ASCII.GetBytes($instance))).Replace('-', '')
$shard = [Convert]::ToInt64($digest.Substring(0, 7), 16) % $shards + 1
$place = [Convert]::ToInt64($digest.Substring(7, 7), 16) % 100
$text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($configuration)).Replace('@SHARD@', [string] $shard)

$wanted = Join-Path $folder ('self-healing-' + $name + '.json')
$file = Join-Path $taken ('file_self-healing-' + $name + '.json')
$before = $null
if (Test-Path -LiteralPath $file) {
    $before = [IO.File]::ReadAllText($file)
}

if ($before -ceq $text) {
    Confirm-Configuration
    if (-not (Start-Agent)) {
        Exit-Failed 21 'the agent was stopped and does not start'
    }
    Write-Line ('UNCHANGED: {0}, shard {1} of {2}' -f $name, $shard, $shards)
    Exit-Step 0
}
if ($null -ne $before -and $place -ge $reach) {
    Confirm-Configuration
    Write-Line ('WAITS: {0} has changed, and its share of the machines has not come: {1} of 100 at {2}' -f $name, $place, $reach)
    Exit-Step 0
}

# The team's own configuration may send what the alarms read, as one does that "npm run agent-config" merged.
if ($text -match '"SelfHealing":"([^"]*)"') {
    $own = '"' + $Matches[1] + '"'
    foreach ($other in @(Get-ChildItem -LiteralPath $taken -File)) {
        if ($other.FullName -ne $file -and [IO.File]::ReadAllText($other.FullName).Contains($own)) {
            Write-Line ('MERGED: {0} sends the series of {1} already' -f $other.Name, $own)
            Exit-Step 0
        }
    }
}

$gone = @{}
$predecessor = Join-Path $taken ('ssm_AmazonCloudWatch-' + $name)
foreach ($path in @(Find-Orphan) + @($predecessor)) {
    if (Test-Path -LiteralPath $path) {
        $gone[$path] = [IO.File]::ReadAllText($path)
        Remove-Item -LiteralPath $path
    }
}
[IO.File]::WriteAllText($wanted, $text)

# Without -s nothing is restarted: the agent's own merge and check come first.
$location = 'file:' + $wanted
$checked = Invoke-Agent @('-a', 'append-config', '-m', 'ec2', '-c', $location)
if ($checked.Code -eq 0) {
    $applied = Invoke-Agent @('-a', 'append-config', '-m', 'ec2', '-c', $location, '-s')
    Start-Sleep -Seconds 5
    if ($applied.Code -eq 0 -and (Test-AgentRuns)) {
        Confirm-Configuration
        Write-Line ('CONFIGURED: {0}, shard {1} of {2}' -f $name, $shard, $shards)
        Exit-Step 0
    }
    Write-Line $applied.Said
    if ($null -eq $before) {
        Remove-Item -LiteralPath $file
    }
    else {
        [IO.File]::WriteAllText($file, $before)
    }
}
if (Test-Path -LiteralPath ($file + '.tmp')) {
    Remove-Item -LiteralPath ($file + '.tmp')
}
foreach ($path in $gone.Keys) {
    [IO.File]::WriteAllText($path, $gone[$path])
}
if ($checked.Code -ne 0) {
    Write-Line $checked.Said
    Exit-Refused 20 'the agent does not take this configuration beside the one that it has; the lines above name the settings that differ. Nothing was changed'
}
Invoke-Agent @('-a', 'stop') | Out-Null
Start-Agent | Out-Null
Exit-Failed 21 'the agent does not run with this configuration, so it got back what it had'
