const endpoints = [
  ['POST   /train', 'train a pipeline; answers its zip, with ?mode=async a job'],
  ['GET    /jobs', 'all jobs, the newest first'],
  ['GET    /jobs/:id', 'state, progress, log and scores of one'],
  ['GET    /jobs/:id/events', 'the same at each change, as server-sent events'],
  ['GET    /jobs/:id/result', 'the zip of one that is done'],
  ['DELETE /jobs/:id', 'cancel it, or remove it when it is finished'],
  ['GET    /metrics', 'Prometheus: jobs, their durations, and this server'],
  ['GET    /healthz, /readyz', 'is it alive, can it take a job'],
  ['GET    /openapi.json, /docs', 'the contract, and a page to try it'],
] as const

/** `GET /`: what there is, and a request to copy. */
export function offlineTrainerText(version: string, host: string | undefined): string {
  // The Host header comes from the client: only a host name or address is put into the text.
  const known = host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host) ? host : 'localhost:8102'
  return [
    `Kepler power model offline trainer ${version}`,
    '',
    ...endpoints.map(([route, purpose]) => `${route.padEnd(28)}${purpose}`),
    '',
    trainExample(`http://${known}`),
    '',
  ].join('\n')
}

/** A request to copy: a saved response in, a pipeline out. */
export function trainExample(url: string): string {
  const request = `{"name":"mine","energy_source":"rapl-sysfs","trainer":{"isolator":"MinIdleIsolator"},"prom_response":'; cat prom_response.json; printf '}`
  return `(printf '${request}') | curl -s ${url}/train --data-binary @- -o mine.zip`
}
