# How a script ends: by its last words and its exit code, of which the remedy reads both.
function Write-Line([string] $Text) {
    [Console]::Out.WriteLine($Text)
}

# Nothing was done.
function Exit-Refused([int] $Code, [string] $Why) {
    Write-Line ('REFUSED: ' + $Why)
    exit $Code
}

# It was tried, and did not help.
function Exit-Failed([int] $Code, [string] $Why) {
    Write-Line ('FAILED: ' + $Why)
    exit $Code
}
