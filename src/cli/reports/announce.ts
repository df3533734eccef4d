import { describePipeline, exampleRequest } from '../../http/index-page.js'
import { demoPipelines } from '../../service/demo-pipelines.js'
import type { RunningEstimator } from '../../service/start-estimator.js'
import type { RunningModelServer } from '../../service/start-model-server.js'
import { type Output, writeAnnouncement, writeLines } from '../terminal/io.js'

/** Prints the pipelines of a model server, its address, and an example request. */
export function announceModelServer(output: Output, server: RunningModelServer, version: string): void {
  const lines = [
    `kepler-model-server ${version}`,
    '',
    ...pipelineLines(server),
    ...(server.urls.length > 0 ? ['', 'Downloading in the background, served as soon as they are here:'] : []),
    ...server.urls.map((url) => `  ${url}`),
    '',
    `Model server  ${server.url}  (open it in a browser)`,
    '',
    'Ask it for the weights of a power model:',
    `  ${exampleRequest(server.url)}`,
    ...(server.hasCurves
      ? ['', 'And for the watts of this machine, from idle to full load:', `  curl -s ${server.url}/curve`]
      : []),
  ]
  writeAnnouncement(output, lines, {
    program: 'model-server',
    url: server.url,
    version,
    pipelines: server.selector.status().pipelines.map(({ name }) => name),
    downloading: server.urls,
  })
  if (server.urls.length > 0 && output.isTTY)
    void server.selector.downloaded.then(() => announceDownloads(output, server))
}

/** Prints the addresses of an estimator, its machine, and an example request. */
export function announceEstimator(output: Output, { sockets, url, machine }: RunningEstimator): void {
  const spec = Object.entries(machine.spec).map(([attribute, value]) => `${attribute} ${value}`)
  const [socket = ''] = sockets
  const lines = [
    `Estimator     ${sockets.join(', ')}${url === undefined ? '' : `, ${url}`}`,
    `This machine  ${spec.length > 0 ? spec.join(', ') : 'unknown'} (${machine.origin})`,
    '',
    'Ask it for watts:',
    url === undefined ? `  ${socketRequest(socket)}` : `  curl -s ${url}/estimate -d '${JSON.stringify(powerRequest)}'`,
  ]
  writeAnnouncement(output, lines, {
    program: 'estimator',
    ...(url !== undefined && { url }),
    sockets,
    machine_spec: machine.spec,
    machine_spec_from: machine.origin,
  })
}

const powerRequest = {
  metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
  values: [[2000, 100]],
  output_type: 'AbsPower',
}

/** With Node, since not every netcat supports unix sockets. */
function socketRequest(path: string): string {
  const send = `require("net").connect("${path}").on("data",d=>process.stdout.write(d+"\\n"))`
  return `node -e '${send}.write(JSON.stringify(${JSON.stringify(powerRequest)}))'`
}

function announceDownloads(output: Output, server: RunningModelServer): void {
  const { errors } = server.selector.status()
  const failed = errors.filter(({ origin }) => server.urls.includes(origin))
  writeLines(output, [
    '',
    ...failed.flatMap(({ origin, message }) => [`Not downloaded: ${origin}`, `  ${message}`]),
    ...(failed.length > 0 ? ['The download is retried; meanwhile:'] : []),
    ...pipelineLines(server),
  ])
}

function pipelineLines(server: RunningModelServer): readonly string[] {
  const { pipelines } = server.selector.status()
  if (pipelines.length === 0)
    return [`There is no pipeline yet. Put one into ${server.folder}, or give --pipeline-url.`]
  const demo = new Set(demoPipelines().map(({ name }) => name))
  return [
    'Serving:',
    ...pipelines.map((pipeline) =>
      pipeline.name === server.universal?.name
        ? '  universal: a model of any machine, for rapl-sysfs and acpi (`kepler-model curve` explains it)'
        : `  ${describePipeline(pipeline)}${demo.has(pipeline.name) ? demoLabel : ''}`,
    ),
  ]
}

const demoLabel = '\n    DEMONSTRATION: trained on a simulated machine; its watts are not real'
