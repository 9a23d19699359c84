import * as nodeModule from 'node:module';

/** Read from the namespace: a named import would fail to link where Node has no such function. */
const { registerHooks } = nodeModule as { registerHooks?: typeof nodeModule.registerHooks };

/** What an outside plugin imports, by this gateway's own package name. */
const OWN = /^waybill\/(contract|testing)$/;

let shared = false;

/**
 * Lets every plugin of this process that imports `waybill/contract` get the very copy that runs here. Without it a
 * package would need Waybill installed beside itself, and a second copy would keep its settings declarations where this
 * one cannot see them. Node before 22.15 has no such hook: there the package resolves Waybill by the usual rules.
 */
export function shareContract(): void {
  if (shared || typeof registerHooks !== 'function') return;
  shared = true;
  try {
    registerHooks({
      resolve(specifier, context, next) {
        const own = OWN.exec(specifier)?.[1];
        if (own === undefined) return next(specifier, context);
        return { url: new URL(`../${own}/index.js`, import.meta.url).href, shortCircuit: true };
      },
    });
  } catch {
    // A host with a module loader of its own (a test runner) refuses hooks: there the usual rules must do.
    shared = false;
  }
}
