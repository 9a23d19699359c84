/** What may be wrong with a plugin; each stops the boot. */
export type PluginFaultCode =
  /** The folder or package cannot be imported. */
  | 'WB_PLUGIN_LOAD'
  /** The default export is no plugin, or a member is missing or of the wrong kind. */
  | 'WB_PLUGIN_SHAPE'
  /** Written for another major version of the contract. */
  | 'WB_PLUGIN_CONTRACT'
  /** The name is not kebab-case, or differs from the folder's. */
  | 'WB_PLUGIN_NAME'
  /** Two plugins of one kind share a name. */
  | 'WB_PLUGIN_DUPLICATE';

/** One fault: which plugin file, which member, what rule it breaks. */
export interface PluginFault {
  readonly code: PluginFaultCode;
  /** File or package name, with the member behind a `#`: `plugins/acme/index.js#events`. */
  readonly path: string;
  readonly rule: string;
}

/** Every fault of every plugin at once: nobody wants to fix them one boot at a time. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  /** The code of the first fault. */
  readonly code: PluginFaultCode;

  constructor(readonly faults: readonly PluginFault[]) {
    const lines = faults.map(({ code, path, rule }) => `  ${code} ${path}: ${rule}`);
    super(
      `${faults.length} fault${faults.length === 1 ? '' : 's'} in plugins:\n${lines.join('\n')}`,
    );
    this.code = faults[0]?.code ?? 'WB_PLUGIN_LOAD';
  }
}
