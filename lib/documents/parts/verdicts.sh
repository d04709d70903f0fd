# shellcheck shell=sh
# How a script ends: by its last words and its exit code, of which the remedy reads both.

# Nothing was done.
refuse() {
  code=$1
  shift
  printf 'REFUSED: %s\n' "$*"
  exit "$code"
}

# It was tried, and did not help.
fail() {
  code=$1
  shift
  printf 'FAILED: %s\n' "$*"
  exit "$code"
}
