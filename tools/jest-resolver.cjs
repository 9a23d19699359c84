// TypeScript sources import './x.js' (nodenext) and '#contract'; under Jest both mean the .ts source.
const path = require('node:path');
const root = path.resolve(__dirname, '..');

module.exports = (request, options) => {
  if (request === '#contract') return path.join(root, 'src/contract/index.ts');
  try {
    return options.defaultResolver(request, options);
  } catch (error) {
    if (request.endsWith('.js') && request.startsWith('.')) {
      return options.defaultResolver(request.replace(/\.js$/, '.ts'), options);
    }
    throw error;
  }
};
