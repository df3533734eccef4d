import type { ErrorJson } from '../../api/answers.js'

/** A server that refused or does not answer, in words for people. */
export class ServerError extends Error {
  /** HTTP status; 0 when nothing answered. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

interface Question {
  readonly signal?: AbortSignal
  /** Asked with POST when there is one. */
  readonly body?: object
  readonly token?: string
}

/**
 * Asks a route of this server, named relative to the page, so that it may stand behind a prefix.
 *
 * The answer has the type of `api/answers.ts` that belongs to the route: server and page are of the same build.
 *
 * @throws ServerError with the reason that the server gave
 */
export async function ask<T>(route: string, { signal, body, token }: Question = {}): Promise<T> {
  const answer = await fetch(route, {
    headers: { accept: 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(signal ? { signal } : {}),
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  }).catch((cause: unknown) => {
    signal?.throwIfAborted()
    throw new ServerError(0, `the server does not answer (${cause instanceof Error ? cause.message : 'no network'})`)
  })
  const document: unknown = await answer.json().catch(() => undefined)
  if (!answer.ok) throw new ServerError(answer.status, reasonOf(document) ?? `the server answered ${answer.status}`)
  return document as T
}

/** Whatever stands between may answer in place of the server: any document, or none. */
function reasonOf(document: unknown): string | undefined {
  const { error }: Partial<ErrorJson> = Object(document)
  return error?.message
}
