# Deletes old, unused files from temporary and cache folders. Runs as SYSTEM through a Systems Manager Command document, in Windows
# PowerShell 5.1.
#
# Parameters (environment):
#   SSM_WindowsPaths             folders, separated by ";". Default C:\Windows\Temp.
#   SSM_OlderThanMinutes         only files neither made, written nor read for so long. 1..525600, default 1440.
#   SSM_Protect                  names (with * and ?) of files or folders that are never deleted, separated by ":".
#   SSM_DryRun                   true: report what would be freed, delete nothing. Default false.
#   SSM_MaxFiles                 at most so many files per folder and run. 1..1000000, default 100000.
#   SSM_PackageCaches            true: also old files of the downloads of Windows Update. Default false.
#   SSM_PageCache, SSM_DockerLeftovers, SSM_FlushService, SSM_VacuumJournalMegabytes: only on Linux; skipped here and said so.
#
# Why a hostile user of a temporary folder cannot make it delete anything else: each file is opened without following a link, its final
# path is compared with the expected one, and the opened file itself is what is deleted, so swapping a folder for a junction between
# look and deletion changes nothing. A file that anyone has open cannot be opened like this and stays.
# Ends within 230 seconds. Safe twice and when killed halfway. Exit codes as on Linux:
#   0   done, also when there was nothing to delete
#   10  bad parameter                           13  nothing was freed: something could not be deleted or looked at
#   11  refused folder                          14  nothing was freed within the time limit
#   12  another run did not end in time
# What was freed in part ends with 0 and a line that begins with "PARTLY:"; 13 and 14 say why on a line that begins with "FAILED:".
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

. parts/verdicts.ps1

trap {
    Write-Line ('FAILED: ' + ($_.Exception.Message -replace '[^\x20-\x7E]', '?'))
    exit 13
}

function Read-Number([string] $Name, [string] $Text, [string] $Usual, [int] $Least, [int] $Most) {
    if ($Text -eq '') {
        $Text = $Usual
    }
    if ($Text -cnotmatch '\A[0-9]{1,7}\z' -or [int] $Text -lt $Least -or [int] $Text -gt $Most) {
        Exit-Refused 10 "$Name must be a whole number from $Least to $Most"
    }
    [int] $Text
}

function Read-Switch([string] $Name, [string] $Text) {
    if ($Text -cnotmatch '\A(true|false)?\z') {
        Exit-Refused 10 "$Name must be true or false"
    }
    $Text -ceq 'true'
}

Add-Type -TypeDefinition @'
using System;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

public static class OpenedFile
{
    public const long Busy = -1;
    public const long Elsewhere = -2;
    public const long Young = -3;
    public const long Undeletable = -4;

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public struct Information
    {
        public uint Attributes;
        public long Created;
        public long Read;
        public long Written;
        public uint Volume;
        public uint SizeHigh;
        public uint SizeLow;
        public uint Links;
        public uint IndexHigh;
        public uint IndexLow;
    }

    [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    static extern SafeFileHandle CreateFileW(string name, uint access, uint share, IntPtr security, uint disposition, uint flags, IntPtr template);

    [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    static extern uint GetFinalPathNameByHandleW(SafeFileHandle file, StringBuilder path, uint length, uint flags);

    [DllImport("kernel32.dll", SetLastError = true)]
    static extern bool GetFileInformationByHandle(SafeFileHandle file, out Information information);

    [DllImport("kernel32.dll", SetLastError = true)]
    static extern bool SetFileInformationByHandle(SafeFileHandle file, int kind, ref byte delete, uint size);

    const uint DeleteAndReadAttributes = 0x00010000 | 0x80;
    const uint OpenExisting = 3;
    const uint OpenReparsePoint = 0x00200000;
    const uint BackupSemantics = 0x02000000;
    const uint DirectoryOrReparsePoint = 0x10 | 0x400;
    const int Disposition = 4;

    static bool IsAt(SafeFileHandle file, string path)
    {
        var actual = new StringBuilder(32768);
        uint length = GetFinalPathNameByHandleW(file, actual, (uint)actual.Capacity, 0);
        return length > 0 && length < actual.Capacity && string.Equals(actual.ToString(), @"\\?\" + path, StringComparison.OrdinalIgnoreCase);
    }

    /// Whether the folder lies where its path says, without a link anywhere in it.
    public static bool IsPlainFolder(string path)
    {
        using (var folder = CreateFileW(path, 0x80, 7, IntPtr.Zero, OpenExisting, OpenReparsePoint | BackupSemantics, IntPtr.Zero))
        {
            return !folder.IsInvalid && IsAt(folder, path);
        }
    }

    /// Deletes the file if it is older than the limit and nobody has it open; gives the bytes freed or why not.
    public static long DeleteOld(string path, long newest, bool dryRun)
    {
        using (var file = CreateFileW(@"\\?\" + path, DeleteAndReadAttributes, 0, IntPtr.Zero, OpenExisting, OpenReparsePoint, IntPtr.Zero))
        {
            if (file.IsInvalid) return Busy;
            Information found;
            if (!GetFileInformationByHandle(file, out found)) return Undeletable;
            if ((found.Attributes & DirectoryOrReparsePoint) != 0 || !IsAt(file, path)) return Elsewhere;
            if (Math.Max(found.Created, Math.Max(found.Read, found.Written)) > newest) return Young;
            byte delete = 1;
            if (!dryRun && !SetFileInformationByHandle(file, Disposition, ref delete, 1)) return Undeletable;
            return found.Links == 1 ? ((long)found.SizeHigh << 32) | found.SizeLow : 0;
        }
    }
}
'@

# Files that other programs expect to stay although they look old.
$protect = @('*.lock', '*.pid') + @(([string] $env:SSM_Protect).Split([char[]] ':', [StringSplitOptions]::RemoveEmptyEntries))

function Test-Protected([string] $Name) {
    foreach ($pattern in $protect) {
        if ($Name -like $pattern) {
            return $true
        }
    }
    return $false
}

function Test-Below([string] $Folder, [string] $Parent) {
    $Parent -ne '' -and ($Folder + '\').StartsWith($Parent.TrimEnd('\') + '\', [StringComparison]::OrdinalIgnoreCase)
}

$system = [Environment]::GetFolderPath('Windows')

# Closed by default: besides the temporary folders of Windows itself, a folder must lie at least two levels deep, outside the
# system's own trees, and be called a temporary or cache folder somewhere in its path.
function Assert-Place([string] $Folder) {
    if ((Test-Below $Folder "$system\Temp") -or $Folder -like "$system\ServiceProfiles\*\AppData\Local\Temp") {
        return
    }
    $drive = $system.Substring(0, 2)
    $foreign = @($system, [string] $env:ProgramFiles, [string] ${env:ProgramFiles(x86)}, "$([string] $env:ProgramData)\Microsoft", "$([string] $env:ProgramData)\Amazon",
        "$drive\Recovery", "$drive\Boot", "$drive\System Volume Information")
    foreach ($tree in $foreign) {
        if ((Test-Below $Folder $tree) -or (Test-Below $tree $Folder)) {
            Exit-Refused 11 "$Folder belongs to the system"
        }
    }
    if ((Test-Below $Folder "$drive\Users") -and $Folder -notlike '?:\Users\*\AppData\Local\Temp*') {
        Exit-Refused 11 "$Folder belongs to a user"
    }
    if ($Folder.Split('\').Count -lt 3) {
        Exit-Refused 11 "$Folder is too close to the root: at least two levels are needed"
    }
    if ($Folder -notmatch '(\\|[^A-Za-z0-9])(tmp|temp|temporary|cache|caches|scratch)([^A-Za-z0-9]|\\|\z)') {
        Exit-Refused 11 "$Folder is not called a temporary or cache folder (tmp, temp, cache, scratch)"
    }
}

function Assert-Folder([string] $Folder) {
    if ($Folder -cnotmatch '\A[A-Za-z]:(\\[A-Za-z0-9 ._@+()-]{1,100}){1,20}\z' -or $Folder -match '[. ](\\|\z)') {
        Exit-Refused 10 'SSM_WindowsPaths: a folder must be a plain absolute path on a drive'
    }
    Assert-Place $Folder
    if ([IO.Directory]::Exists($Folder) -and -not [OpenedFile]::IsPlainFolder($Folder)) {
        Exit-Refused 11 "$Folder leads through a link"
    }
}

function Format-Bytes([long] $Bytes) {
    $amount = [double] $Bytes
    foreach ($unit in 'B', 'KB', 'MB', 'GB') {
        if ($amount -lt 1024 -or $unit -eq 'GB') {
            return [string]::Format([Globalization.CultureInfo]::InvariantCulture, '{0:0.#} {1}', $amount, $unit)
        }
        $amount = $amount / 1024
    }
}

# What appears in a folder while it is being read, or cannot be read, is left for the next run.
function Get-Entries([string] $Folder) {
    try {
        @((New-Object IO.DirectoryInfo $Folder).GetFileSystemInfos())
    }
    catch {
        $script:unreadable++
        @()
    }
}

function Clear-Folder([string] $Folder) {
    $count = @{ freed = 0; bytes = [long] 0; young = 0; open = 0; protected = 0; failed = 0 }
    $script:unreadable = 0
    $waiting = New-Object 'System.Collections.Generic.Stack[string]'
    $waiting.Push($Folder)
    $ended = ''
    while ($waiting.Count -gt 0 -and $ended -eq '') {
        foreach ($entry in @(Get-Entries $waiting.Pop())) {
            if ([DateTime]::UtcNow -ge $deadline) { $ended = 'late'; break }
            if ($count.freed -ge $maxFiles) { $ended = 'limited'; break }
            if ($entry.Attributes -band [IO.FileAttributes]::ReparsePoint) { continue }
            if (Test-Protected $entry.Name) { $count.protected++; continue }
            if ($entry.Attributes -band [IO.FileAttributes]::Directory) { $waiting.Push($entry.FullName); continue }
            if ([Math]::Max($entry.LastWriteTimeUtc.ToFileTimeUtc(), $entry.CreationTimeUtc.ToFileTimeUtc()) -gt $newest) { $count.young++; continue }
            $answer = [OpenedFile]::DeleteOld($entry.FullName, $newest, $dryRun)
            if ($answer -ge 0) { $count.freed++; $count.bytes += $answer }
            elseif ($answer -eq [OpenedFile]::Young) { $count.young++ }
            elseif ($answer -eq [OpenedFile]::Busy) { $count.open++ }
            else { $count.failed++ }
        }
    }
    Write-Line ('{0}: {1} {2} files, {3} ({4} bytes); kept {5} young, {6} open, {7} protected' -f $Folder, $verb, $count.freed,
        (Format-Bytes $count.bytes), $count.bytes, $count.young, $count.open, $count.protected)
    $script:totalFiles += $count.freed
    $script:totalBytes += $count.bytes
    if ($ended -eq 'limited') {
        Write-Line "  stopped at the limit of $maxFiles files; run again for the rest"
    }
    elseif ($ended -eq 'late') {
        Write-Line '  stopped at the time limit; run again for the rest'
        Set-Worst 14 "the time limit came before the end of $Folder"
    }
    elseif ($count.failed + $script:unreadable -gt 0) {
        Write-Line '  some files could not be deleted or looked at'
        Set-Worst 13 "some files of $Folder could not be deleted or looked at"
    }
}

# The first failure stays.
function Set-Worst([int] $Code, [string] $Why) {
    if ($script:worst -eq 0) {
        $script:worst = $Code
        $script:why = $Why
    }
}

function Write-Disks([string] $When) {
    foreach ($drive in @($folders | ForEach-Object { $_.Substring(0, 2).ToUpperInvariant() } | Select-Object -Unique)) {
        $disk = New-Object IO.DriveInfo $drive
        if ($disk.IsReady) {
            $used = [Math]::Round(100 * (1 - $disk.AvailableFreeSpace / $disk.TotalSize))
            Write-Line ('disk {0} {1}: {2}% used, {3:f0} MB available' -f $drive, $When, $used, ($disk.AvailableFreeSpace / 1048576))
        }
    }
}

function Write-Skipped {
    $asked = @{
        'page cache'       = ([string] $env:SSM_PageCache) -ceq 'true'
        'Docker leftovers' = ([string] $env:SSM_DockerLeftovers) -ceq 'true'
        'flush'            = ([string] $env:SSM_FlushService) -cnotmatch '\A(none)?\z'
        'journal'          = ([string] $env:SSM_VacuumJournalMegabytes) -cnotmatch '\A0*\z'
    }
    foreach ($option in $asked.Keys) {
        if ($asked[$option]) {
            Write-Line "${option}: not on Windows, skipped"
        }
    }
}

# Agents older than 3.3.2746.0 hand over no environment: without this, a dry run would delete, and elsewhere than was asked.
if ([string] $env:SSM_OlderThanMinutes -eq '') {
    Exit-Refused 10 'SSM_OlderThanMinutes is missing. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it'
}
$given = [string] $env:SSM_WindowsPaths
if ($given -eq '') {
    $given = "$system\Temp"
}
$folders = @($given.Split([char[]] ';', [StringSplitOptions]::RemoveEmptyEntries))
$olderThanMinutes = Read-Number 'SSM_OlderThanMinutes' ([string] $env:SSM_OlderThanMinutes) '1440' 1 525600
$maxFiles = Read-Number 'SSM_MaxFiles' ([string] $env:SSM_MaxFiles) '100000' 1 1000000
$dryRun = Read-Switch 'SSM_DryRun' ([string] $env:SSM_DryRun)
$packageCaches = Read-Switch 'SSM_PackageCaches' ([string] $env:SSM_PackageCaches)
foreach ($pattern in $protect) {
    if ($pattern -cnotmatch '\A[A-Za-z0-9._@+*? -]{1,100}\z') {
        Exit-Refused 10 'SSM_Protect: give plain names, with * and ? at most'
    }
}
foreach ($folder in $folders) {
    Assert-Folder $folder
}
if (@($folders | Where-Object { [IO.Directory]::Exists($_) }).Count -eq 0) {
    Exit-Refused 11 'none of the given folders exists'
}

$turn = New-Object System.Threading.Mutex($false, 'Global\self-healing-clear-caches')
try {
    $mine = $turn.WaitOne([TimeSpan]::FromSeconds(20))
}
catch [System.Threading.AbandonedMutexException] {
    $mine = $true
}
if (-not $mine) {
    Exit-Refused 12 'another run is at work for more than 20 seconds'
}

$worst = 0
$why = ''
$totalFiles = 0
$totalBytes = [long] 0
$unreadable = 0
$verb = 'freed'
if ($dryRun) {
    $verb = 'would free'
}
$deadline = [DateTime]::UtcNow.AddSeconds(200)
$newest = [DateTime]::UtcNow.AddMinutes(-$olderThanMinutes).ToFileTimeUtc()

Write-Disks 'before'
foreach ($folder in $folders) {
    if ([IO.Directory]::Exists($folder)) {
        Clear-Folder $folder
    }
    else {
        Write-Line "${folder}: does not exist, skipped"
    }
}
if ($packageCaches -and [OpenedFile]::IsPlainFolder("$system\SoftwareDistribution\Download")) {
    Clear-Folder "$system\SoftwareDistribution\Download"
}
Write-Skipped
Write-Disks 'after'
Write-Line ('total: {0} {1} files, {2} ({3} bytes)' -f $verb, $totalFiles, (Format-Bytes $totalBytes), $totalBytes)
if ($worst -ne 0 -and $totalFiles -gt 0) {
    Write-Line "PARTLY: $why"
    exit 0
}
if ($worst -ne 0) {
    Write-Line "FAILED: nothing was freed: $why"
}
exit $worst
