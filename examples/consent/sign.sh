#!/bin/sh
# A line for `pii consent import`, as a system of the firm makes it: both texts are signed as the bytes that they are.
#
#     sh sign.sh KEY SOURCE RECEIPT IDENTITY
#
# KEY is an Ed25519 key of `openssl genpkey -algorithm ed25519`. Line breaks in the files are left out.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sign() {
    tr -d '\n' <"$1" >"$folder/text"
    openssl pkeyutl -sign -rawin -inkey "$key" -in "$folder/text" | base64 | tr -d '\n'
}

quoted() {
    tr -d '\n' <"$1" | sed 's/\\/\\\\/g; s/"/\\"/g'
}

key=$1
printf '{"source":"%s","receipt":"%s","signature":"%s",' "$2" "$(quoted "$3")" "$(sign "$3")"
printf '"identity":"%s","identity_signature":"%s"}\n' "$(quoted "$4")" "$(sign "$4")"
