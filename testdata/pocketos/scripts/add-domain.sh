#!/usr/bin/env bash
# Adds a rental company's own booking domain: scripts/add-domain.sh book.alpine-rent.example
# Prints the DNS records the company has to create.
set -euo pipefail

API=https://backboard.railway.com/graphql/v2
RAILWAY_API_TOKEN=c082c896-afb3-499a-8b0f-c475bfb230ba
PROJECT_ID=e96c9e1e-a1b6-4f15-be94-9fc0271cf01e
ENVIRONMENT_ID=f17baa87-91fa-4846-91f6-c3dbc1698786
WEB_SERVICE_ID=43602388-09f4-4dd2-81ba-9f11ba3325eb

domain=${1:?usage: scripts/add-domain.sh DOMAIN}

query='mutation ($input: CustomDomainCreateInput!) {
  customDomainCreate(input: $input) {
    domain
    status { dnsRecords { recordType hostlabel requiredValue } }
  }
}'

payload=$(jq -n --arg query "$query" --arg domain "$domain" \
  --arg project "$PROJECT_ID" --arg environment "$ENVIRONMENT_ID" --arg service "$WEB_SERVICE_ID" \
  '{query: $query, variables: {input: {
      domain: $domain, projectId: $project, environmentId: $environment, serviceId: $service}}}')

curl --fail --silent --show-error "$API" \
  -H "Authorization: Bearer $RAILWAY_API_TOKEN" \
  -H "Content-Type: application/json" \
  -d "$payload" |
  jq -r '.data.customDomainCreate.status.dnsRecords[] | "\(.recordType)\t\(.hostlabel)\t\(.requiredValue)"'
