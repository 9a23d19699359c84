/**
 * Version of the plugin contract. The registry refuses a plugin whose major version differs
 * (error `WB_PLUGIN_CONTRACT`). Minor versions only add optional members.
 */
export const CONTRACT_VERSION = '1.0';
