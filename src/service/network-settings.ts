import type { Config } from '../config/config.js'
import type { NetworkOptions } from '../net/network.js'

/** How the settings say that other servers are reached. */
export function networkSettings(config: Config): NetworkOptions {
  return {
    httpProxy: config.HTTP_PROXY,
    httpsProxy: config.HTTPS_PROXY,
    noProxy: config.NO_PROXY,
    connectTimeout: config.CONNECT_TIMEOUT,
  }
}
