import { describePipeline, exampleRequest } from '../http/index-page.js'
import { demoPipelines } from '../service/demo-pipelines.js'
import type { RunningModelServer } from '../service/model-server.js'
import { type Output, writeLines } from './io.js'

/** Says, for people, what a model server serves: pipelines and where they come from, its address, a request to copy. */
export function announceModelServer(output: Output, server: RunningModelServer, version: string): void {
  writeLines(output, [
    `kepler-model-server ${version}`,
    '',
    ...pipelineLines(server),
    ...(server.urls.length > 0 ? ['', 'Downloading in the background, served as soon as they are here:'] : []),
    ...server.urls.map((url) => `  ${url}`),
    '',
    `Model server  ${server.url}  (try it at ${server.url}/docs)`,
    '',
    'Ask it for the weights of a power model:',
    `  ${exampleRequest(server.url)}`,
  ])
  if (server.urls.length > 0) void server.registry.downloaded.then(() => announceDownloads(output, server))
}

function announceDownloads(output: Output, server: RunningModelServer): void {
  const { errors } = server.registry.service.status()
  const failed = errors.filter(({ origin }) => server.urls.includes(origin))
  writeLines(output, [
    '',
    ...failed.map(({ origin, message }) => `Not downloaded: ${origin}: ${message}`),
    ...(failed.length > 0 ? ['It is tried again; meanwhile:'] : []),
    ...pipelineLines(server),
  ])
}

function pipelineLines(server: RunningModelServer): readonly string[] {
  const { pipelines } = server.registry.service.status()
  if (pipelines.length === 0)
    return [`No pipeline is there yet. Put one into ${server.folder}, or give --pipeline-url.`]
  const demo = new Set(demoPipelines().map(({ name }) => name))
  return [
    'Serving:',
    ...pipelines.map((pipeline) => `  ${describePipeline(pipeline)}${demo.has(pipeline.name) ? demoLabel : ''}`),
  ]
}

const demoLabel = '\n    DEMONSTRATION: trained on a simulated machine; its watts are not real'
