/** What `waybill init` writes: a valid configuration in which nothing is connected yet. */
export const STARTING_FILE = `# Configuration of Waybill. Every member is described in docs/configuration.md.
#
# There are two ways to connect something, side by side: here, in this file (take away the # signs, start again), or while
# the gateway runs (waybill source add, waybill target add, waybill route add). What stands here is only read there.
#
# Secrets are references: \${env:NAME} takes an environment variable, \${file:/path} a file. Quote them.

# One account is one set of credentials of a network. Its URL is /in/<source>/<id>.
# An account's id is part of the identity of its events: never change it, never use it again for another account.
accounts: []
#  - id: cb-main
#    source: clickbank
#    credentials:
#      vendor: mystore
#      secretKey: '\${env:CLICKBANK_SECRET}'

# Who is told.
targets: []
#  - id: tap
#    target: tapfiliate
#    settings: { apiKey: '\${env:TAPFILIATE_API_KEY}' }

# What goes where. Without events: everything that the target takes.
routes: []
#  - from: cb-main
#    to: [tap]
#    events: [SALE, REBILL, REFUND, CHARGEBACK]
`;
