#!/usr/bin/env bash
# Adds a rental company's own booking domain: scripts/add-domain.sh book.alpine-rent.example
# Prints the DNS records the company has to create.
# Runs in the `add-domain` workflow, which has the token; there is none in this repository.
set -euo pipefail

API=https://backboard.railway.com/graphql/v2
PROJECT_ID=e96c9e1e-a1b6-4f15-be94-9fc0271cf01e
ENVIRONMENT_ID=f17baa87-91fa-4846-91f6-c3dbc1698786
WEB_SERVICE_ID=43602388-09f4-4dd2-81ba-9f11ba3325eb

domain=${1:?usage: scripts/add-domain.sh DOMAIN}
# A project token: one environment of one project. An account token here could delete every project.
: "${RAILWAY_TOKEN:?set it to a project token of the production environment}"

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

# This header is read for project tokens only: a wider token put here by mistake is refused.
curl --fail --silent --show-error "$API" \
  -H "Project-Access-Token: $RAILWAY_TOKEN" \
  -H "Content-Type: application/json" \
  -d "$payload" |
  jq -r '.data.customDomainCreate.status.dnsRecords[] | "\(.recordType)\t\(.hostlabel)\t\(.requiredValue)"'
