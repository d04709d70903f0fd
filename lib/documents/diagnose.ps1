# Tells what a person needs to know of a machine: processes, disks, last errors, last boot. Changes nothing. Runs as SYSTEM through a
# Systems Manager Command document, in Windows PowerShell 5.1. Takes no parameters.
#
# Systems Manager keeps what is printed here for 30 days, so values on command lines that look like secrets are taken out before.
# Folders are not added up, as that would take minutes.
# Safe twice: it only reads. Exit codes, as on Linux:
#   0    what could be seen was told
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$processesTold = 5
$errorsTold = 8
$lineCharacters = 240
$secret = '(pass|pwd|secret|token|key|credential|auth|cookie|signature|session)'

function Write-Line([string] $Text) {
    [Console]::Out.WriteLine($Text)
}

function Write-Section([string] $Title) {
    Write-Line ('## ' + $Title)
}

# On one line, since others could write lines of their own into it.
function Write-Finding([string] $Text) {
    $line = $Text -replace '[^\x20-\x7E]+', ' '
    Write-Line (' ' + $line.Substring(0, [Math]::Min($lineCharacters, $line.Length)))
}

# What one look cannot see, the others still tell.
function Write-NotSeen {
    Write-Finding ('not seen: ' + $_.Exception.Message)
}

# The values of options and variables with such a name, in URLs, and long words of letters and digits.
function Hide-Secret([string] $Line) {
    $shown = $Line -replace ('(?i)(?<name>[\w.-]*' + $secret + '[\w.-]*(=|:(?!//))\s*((Bearer|Basic)\s+)?)("[^"]*"?|\S+)'), '${name}[redacted]'
    $shown = $shown -replace ('(?i)(?<name>(^|\s)[-/]{1,2}[\w-]*' + $secret + '[\w-]*\s+)("[^"]*"?|\S+)'), '${name}[redacted]'
    $shown = $shown -replace '(?i)(?<name>(^|\s)(sqlcmd|bcp)(\.exe)?"?\s.{0,400}?\s-P\s?)("[^"]*"?|\S+)', '${name}[redacted]'
    $shown = $shown -replace '://\S*@', '://[redacted]@'
    $shown -creplace '(?<![\w+/=-])(?=\S*[a-z])(?=\S*[A-Z])(?=\S*[0-9])[\w+/=-]{40,}', '[redacted]'
}

function Write-Process($Process, [string] $Amount) {
    $line = [string] $Process.CommandLine
    if ($line -eq '') {
        $line = '[' + $Process.Name + ']'
    }
    Write-Finding ('{0}, process {1}: {2}' -f $Amount, $Process.ProcessId, (Hide-Secret $line))
}

trap {
    Write-Finding ('not seen: ' + $_.Exception.Message)
    exit 0
}

Write-Section 'Machine'
$system = Get-CimInstance -ClassName Win32_OperatingSystem -OperationTimeoutSec 5
Write-Finding ('last boot {0:s}Z' -f $system.LastBootUpTime.ToUniversalTime())
Write-Finding ('memory {0} of {1} MiB available' -f [Math]::Floor($system.FreePhysicalMemory / 1024), [Math]::Floor($system.TotalVisibleMemorySize / 1024))

$processes = @(Get-CimInstance -ClassName Win32_Process -OperationTimeoutSec 5)
Write-Section 'Processes with most memory'
foreach ($process in @($processes | Sort-Object -Property WorkingSetSize -Descending | Select-Object -First $processesTold)) {
    Write-Process $process ('{0} MiB' -f [Math]::Floor($process.WorkingSetSize / 1048576))
}

Write-Section 'Processes with most CPU'
try {
    $used = @(Get-CimInstance -ClassName Win32_PerfFormattedData_PerfProc_Process -OperationTimeoutSec 5 |
            Where-Object { $_.IDProcess -ne 0 -and $_.PercentProcessorTime -gt 0 } |
            Sort-Object -Property PercentProcessorTime -Descending | Select-Object -First $processesTold)
    foreach ($each in $used) {
        foreach ($process in @($processes | Where-Object { $_.ProcessId -eq $each.IDProcess })) {
            Write-Process $process ('{0} %' -f $each.PercentProcessorTime)
        }
    }
}
catch {
    Write-NotSeen
}

Write-Section 'Fullest file systems'
try {
    foreach ($disk in @(Get-CimInstance -ClassName Win32_LogicalDisk -Filter 'DriveType = 3' -OperationTimeoutSec 5 | Where-Object { $_.Size -gt 0 })) {
        $percent = [Math]::Floor(100 * ($disk.Size - $disk.FreeSpace) / $disk.Size)
        Write-Finding ('{0}: {1} % used, {2} MiB free' -f $disk.DeviceID, $percent, [Math]::Floor($disk.FreeSpace / 1048576))
    }
}
catch {
    Write-NotSeen
}

Write-Section 'Last errors since the boot'
try {
    $filter = @{ LogName = 'System', 'Application'; Level = 1, 2; StartTime = $system.LastBootUpTime }
    foreach ($entry in @(Get-WinEvent -FilterHashtable $filter -MaxEvents $errorsTold)) {
        Write-Finding ('{0:s} {1}: {2}' -f $entry.TimeCreated, $entry.ProviderName, $entry.Message)
    }
}
catch {
    Write-NotSeen
}
exit 0
