export { VERSION } from '../platform/version.js';
