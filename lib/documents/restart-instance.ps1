# Reboots the machine once and reports that it came back. Runs as SYSTEM through a Systems Manager Command document, in Windows
# PowerShell 5.1.
#
# Parameters (environment):
#   SSM_Token   names the attempt: 64 hexadecimal digits, a hyphen, a number. Required.
#
# Exit code 3010 makes the agent reboot the machine and then run this same script again. The first run therefore writes a mark with
# the time of the last boot under the token, into the registry, where only administrators can write; the run that finds a mark of
# another boot knows that the reboot has happened. A run that finds the mark of its own boot never asks again, so that nothing can loop.
# Safe twice: the same token reboots once. Exit codes as on Linux:
#   0     the machine has been rebooted for this token     13  Windows is being serviced
#   3010  reboot and run again                             14  another attempt has asked for a reboot
#   10    bad parameter                                    20  the reboot was asked for and did not happen
#   12    the mark cannot be written                       25  Windows does not answer
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$marks = 'HKLM:\SOFTWARE\SelfHealing\Restarts'
# Windows computes the time of the boot from the clock, which may have been set since; a machine reboots no faster.
$sameBootSeconds = 120
# A shutdown is over within this time or has failed.
$shutdownTakesMinutes = 15
# Longer than Systems Manager keeps a command.
$keepMarksDays = 40

. parts/verdicts.ps1

trap {
    Write-Line ('FAILED: ' + ($_.Exception.Message -replace '[^\x20-\x7E]', '?'))
    exit 25
}

function Get-BootTime {
    (Get-CimInstance -ClassName Win32_OperatingSystem -OperationTimeoutSec 30).LastBootUpTime.ToUniversalTime()
}

# A mark is two times in UTC ticks: of the boot, and of the request.
function Read-Mark([string] $Name) {
    $value = [string] (Get-Item -LiteralPath $marks).GetValue($Name)
    if ($value -cnotmatch '\A([0-9]{1,19});([0-9]{1,19})\z') {
        return $null
    }
    @{ Boot = [DateTime]::new([long] $Matches[1], 'Utc'); Asked = [DateTime]::new([long] $Matches[2], 'Utc') }
}

function Test-SameBoot([DateTime] $Boot) {
    [Math]::Abs(($Boot - $booted).TotalSeconds) -lt $sameBootSeconds
}

$token = [string] $env:SSM_Token
if ($token -cnotmatch '\A[0-9a-f]{64}-[0-9]{1,2}\z') {
    Exit-Refused 10 'SSM_Token is not the token of an attempt'
}
$booted = Get-BootTime
$now = [DateTime]::UtcNow

if (Test-Path -LiteralPath $marks) {
    $own = Read-Mark $token
    if ($null -ne $own) {
        if (Test-SameBoot $own.Boot) {
            Exit-Failed 20 'the reboot was asked for and has not happened; it is not asked for again'
        }
        Write-Line ('REBOOTED: the boot of {0:u} is over, this is the boot of {1:u}' -f $own.Boot, $booted)
        exit 0
    }
}

if (@(Get-Process -Name 'TiWorker' -ErrorAction SilentlyContinue).Count -gt 0) {
    Exit-Refused 13 'Windows is being serviced: a reboot now could leave a system that does not start'
}

try {
    if (-not (Test-Path -LiteralPath $marks)) {
        New-Item -Path $marks -Force | Out-Null
    }
    foreach ($name in @((Get-Item -LiteralPath $marks).GetValueNames())) {
        $mark = Read-Mark $name
        if ($null -eq $mark -or ($now - $mark.Asked).TotalDays -gt $keepMarksDays) {
            Remove-ItemProperty -LiteralPath $marks -Name $name
        }
        elseif ((Test-SameBoot $mark.Boot) -and ($now - $mark.Asked).TotalMinutes -lt $shutdownTakesMinutes) {
            Exit-Refused 14 'another attempt has asked for a reboot that has not happened yet'
        }
    }
    New-ItemProperty -LiteralPath $marks -Name $token -Value ('{0};{1}' -f $booted.Ticks, $now.Ticks) -PropertyType String -Force | Out-Null
}
catch {
    Exit-Refused 12 ('the mark cannot be written; without it the reboot could not be told from the time before: ' +
        ($_.Exception.Message -replace '[^\x20-\x7E]', '?'))
}
if ($null -eq (Read-Mark $token)) {
    Exit-Refused 12 'the mark was not kept; without it the reboot could not be told from the time before'
}
Write-Line ('asking for the reboot of the boot of {0:u}' -f $booted)
exit 3010
