import * as z from 'zod'
import { ModelError, quote } from '../core/errors.js'
import { type Clock, type MonotonicClock, monotonicClock } from '../runtime/ports.js'
import { askServer, type HttpAnswer } from './http-client.js'
import type { Network } from './network.js'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  /** Milliseconds since the epoch; those of a person do not expire. */
  readonly expires?: number | undefined
}

export type AwsCredentialSource = () => Promise<AwsCredentials>

export interface WebIdentityOptions {
  readonly network: Network
  /** The Security Token Service, e.g. `https://sts.eu-central-1.amazonaws.com`. */
  readonly endpoint: string
  readonly roleArn: string
  /** The token that the role trusts; Kubernetes renews it in a file. */
  readonly token: () => Promise<string>
}

export interface ContainerCredentialOptions {
  readonly network: Network
  /** What the agent of EKS or ECS answers on. */
  readonly url: string
  readonly token: (() => Promise<string>) | undefined
}

const maxAnswerBytes = 1 << 16
/** Milliseconds before they expire at which credentials are asked for anew. */
const renewBefore = 300_000

const assumedSchema = z.object({
  AssumeRoleWithWebIdentityResponse: z.object({
    AssumeRoleWithWebIdentityResult: z.object({
      Credentials: z.object({
        AccessKeyId: z.string(),
        SecretAccessKey: z.string(),
        SessionToken: z.string(),
        Expiration: z.number(),
      }),
    }),
  }),
})
const containerSchema = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  Token: z.string().optional(),
  Expiration: z.iso.datetime().optional(),
})
const problemSchema = z.object({ Error: z.object({ Code: z.string(), Message: z.string() }) })

/**
 * Credentials of a role that trusts a token of Kubernetes ("IAM roles for service accounts").
 *
 * @throws ModelError `UNAVAILABLE` when the service does not answer, `INVALID_CONFIG` when it refuses the token
 */
export function webIdentityCredentials({ network, endpoint, roleArn, token }: WebIdentityOptions): AwsCredentialSource {
  return async () => {
    const body = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: 'kepler-model-server',
      WebIdentityToken: await token(),
    }).toString()
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
    const name = `AWS at ${endpoint}`
    const answer = await askServer(network, endpoint, { method: 'POST', headers, body, name })
    const { AssumeRoleWithWebIdentityResponse: assumed } = await documentIn(answer, assumedSchema)
    const { Credentials: given } = assumed.AssumeRoleWithWebIdentityResult
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      expires: given.Expiration * 1000,
    }
  }
}

/** Credentials from the agent of EKS ("Pod Identity") or ECS. @throws ModelError as above */
export function containerCredentials({ network, url, token }: ContainerCredentialOptions): AwsCredentialSource {
  return async () => {
    const credentials = token === undefined ? {} : { authorization: await token() }
    const answer = await askServer(network, url, { credentials, name: `AWS at ${url}` })
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = await documentIn(answer, containerSchema)
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: Token,
      expires: Expiration === undefined ? undefined : Date.parse(Expiration),
    }
  }
}

/** Keeps credentials until they are about to expire. Requests that come at once wait for the same ones. */
export function keptCredentials(
  source: AwsCredentialSource,
  clock: Clock,
  monotonic: MonotonicClock = monotonicClock,
): AwsCredentialSource {
  let kept: Promise<AwsCredentials> | undefined
  let askAgain = Number.POSITIVE_INFINITY
  return () => {
    if (kept === undefined || monotonic() >= askAgain) {
      askAgain = Number.POSITIVE_INFINITY
      kept = source()
      kept.then(
        ({ expires = Number.POSITIVE_INFINITY }) => {
          askAgain = monotonic() + expires - clock() - renewBefore
        },
        () => {
          kept = undefined
        },
      )
    }
    return kept
  }
}

async function documentIn<T>(answer: HttpAnswer, schema: z.ZodType<T>): Promise<T> {
  const text = String(await answer.bytes(maxAnswerBytes))
  const document = parsed(text)
  const found = schema.safeParse(document)
  if (answer.status === 200 && found.success) return found.data
  const problem = problemSchema.safeParse(document).data?.Error
  const why = problem ? quote(`${problem.Code}: ${problem.Message}`, 300) : 'no credentials'
  const code = answer.status >= 400 && answer.status < 500 ? 'INVALID_CONFIG' : 'UNAVAILABLE'
  throw new ModelError(code, `${answer.said}: ${why}`, { field: 'PROM_SIGV4_REGION' })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A page of whatever stands before it: the status says enough.
    return undefined
  }
}
