export { ModelError } from './core/errors.js'
