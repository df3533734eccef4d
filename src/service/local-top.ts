import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from '../config/config.js'
import { type TopOptions, type TopView, topView } from '../meter/top.js'
import { createLocalMeter, monotonicSeconds } from './meter-parts.js'
import { meterPowerSource } from './meter-source.js'

/** A meter of this process alone, for a screen or a script. */
export interface LocalTop {
  /** Waits for an interval and reads; at once when the signal aborts. */
  nextReading(signal: AbortSignal): Promise<void>
  view(options: TopOptions): TopView
  close(): void
}

/** @throws ModelError `INVALID_CONFIG` when a setting cannot be used, `NO_MODEL` when nothing gives watts */
export async function startTop(config: Config): Promise<LocalTop> {
  const source = await meterPowerSource(config)
  const { meter, attribution, close } = createLocalMeter(config, source)
  meter.tick(monotonicSeconds())
  return {
    async nextReading(signal) {
      await wait(config.METER_INTERVAL * 1000, undefined, { signal }).catch(() => undefined)
      if (!signal.aborted) meter.tick(monotonicSeconds())
    },
    view: (options) => topView(meter.reading(monotonicSeconds()), source.provenance, attribution?.snapshot(), options),
    close,
  }
}
