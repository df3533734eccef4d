import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { ModelError, messageOf } from '../core/errors.js'

/** Whom a client trusts, and who it says it is. All texts are PEM. */
export interface TlsSettings {
  /** The only authorities that are trusted. @default those that Node has */
  readonly ca?: string | undefined
  /** Authorities that are trusted besides those that Node has. */
  readonly extraCa?: string | undefined
  /** The certificate that servers are shown. */
  readonly cert?: string | undefined
  /** Its private key. */
  readonly key?: string | undefined
  /** Take any certificate of a server. @default false */
  readonly insecure?: boolean | undefined
}

/** @throws ModelError `INVALID_CONFIG` when a text is no PEM, or key and certificate do not belong together */
export function secureContext({ ca, extraCa, cert, key }: TlsSettings): SecureContext {
  for (const authorities of [ca, extraCa]) {
    // Node passes over what is none, and then trusts nobody.
    if (authorities !== undefined && !authorities.includes('-----BEGIN CERTIFICATE-----')) {
      throw new ModelError('INVALID_CONFIG', 'there is no certificate of an authority in PEM')
    }
  }
  const trusted = ca !== undefined ? [ca] : extraCa !== undefined ? [...rootCertificates, extraCa] : undefined
  try {
    return createSecureContext({ ca: trusted, cert, key })
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', `certificate and key cannot be used: ${messageOf(cause)}`, { cause })
  }
}
