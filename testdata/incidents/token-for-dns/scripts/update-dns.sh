#!/usr/bin/env bash
# Points the preview host at this machine.
set -euo pipefail
DIGITALOCEAN_TOKEN=dop_v1_3f8a1c6e9b2d4f7058a3c1e6b9d2f4a7083c5e1b6d9f2a4c7e0b3d5f8a1c6e9b
ADDRESS=$(curl -s https://ifconfig.me)
curl -s -X PUT "https://api.digitalocean.com/v2/domains/acme.example/records/$RECORD" \
  -H "Authorization: Bearer $DIGITALOCEAN_TOKEN" \
  -H "Content-Type: application/json" \
  -d "{\"data\": \"$ADDRESS\"}"
