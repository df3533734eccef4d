import { ModelError, quote } from '../core/errors.js'

/** Letters, digits, dot, dash and underscore, and no dot first: safe as a file name everywhere. */
const safeName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/

export function isPipelineName(name: string): boolean {
  return safeName.test(name)
}

/**
 * The name of the pipeline at a URL: the last part of its path without `.zip`. Nothing else of a URL becomes part of a
 * file name.
 *
 * @throws ModelError `INVALID_CONFIG` when that is no name of a pipeline
 */
export function pipelineNameOf(url: string): string {
  const path = new URL(url).pathname
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.zip$/i, '')
  if (isPipelineName(name)) return name
  throw new ModelError(
    'INVALID_CONFIG',
    `${quote(url)} does not end in the name of a pipeline, such as ec2-0.7.11.zip`,
    {
      field: 'INITIAL_PIPELINE_URL',
    },
  )
}
