import type { EstimateJson } from '../../api/answers.js'
import { share, shownNumber, watts } from '../text/format.js'
import { Notice } from './notice.js'

/** Components that are no part of another one. */
const counted: readonly string[] = ['package', 'dram', 'platform', 'gpu']

/** Watts by component as bars with their intervals, and inputs that the model has not seen. */
export function PowerBars({ estimate: { powers, interval, outside } }: { readonly estimate: EstimateJson }) {
  const rows = Object.entries(powers).map(([component, values]) => {
    const value = values[0] ?? 0
    const low = interval.powers[component]?.lower[0]
    const high = interval.powers[component]?.upper[0]
    return { component, value, low, high }
  })
  const most = Math.max(1e-9, ...rows.flatMap(({ value, high }) => [value, high ?? 0]))
  const total = rows.filter(({ component }) => counted.includes(component)).reduce((sum, { value }) => sum + value, 0)
  return (
    <>
      <p class="big" role="status">
        {watts(total)} <small>in all</small>
      </p>
      <ul class="bars">
        {rows.map(({ component, value, low, high }) => (
          <li key={component}>
            <span>{component}</span>
            <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect class="bar" x="0" y="1" height="8" width={(100 * Math.max(0, value)) / most} />
              {low !== undefined && high !== undefined && (
                <rect class="whisker" x={(100 * low) / most} y="4" height="2" width={(100 * (high - low)) / most} />
              )}
            </svg>
            <b>{watts(value)}</b>
            <small>
              {low === undefined || high === undefined ? 'error not known' : `${watts(low)} to ${watts(high)}`}
            </small>
          </li>
        ))}
      </ul>
      <p class="hint">
        {share(interval.coverage)} of measurements lie in the interval ({interval.method}).
      </p>
      {outside.length > 0 && (
        <Notice kind="warning">
          <ul>
            {outside.map(({ feature, lower, upper, clamped_to }) => (
              <li key={feature}>
                <bdi>{feature}</bdi> is outside what was seen in training, {shownNumber(lower)} to {shownNumber(upper)}
                {clamped_to !== undefined && `; that cannot be, so ${shownNumber(clamped_to)} was used`}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  )
}
