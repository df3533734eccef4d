import type { OverviewJson } from '../../api/answers.js'
import { hashOf } from '../state/routes.js'
import { bytes } from '../text/format.js'
import { CopyBox } from './copy-box.js'
import { Notice } from './notice.js'

/** What to do next on a server that has no pipeline. */
export function EmptyServer({ overview: { pipelines, downloads, errors } }: { readonly overview: OverviewJson }) {
  return (
    <section aria-labelledby="empty-title">
      <h2 id="empty-title">No pipeline is loaded yet</h2>
      {pipelines.length > 0 && (
        <p>
          Until there is one, a model is made for each machine that asks:{' '}
          <a href={hashOf('machine')}>see that of this one</a>.
        </p>
      )}
      {downloads.length > 0 ? (
        <p>One is on its way; this page shows it when it is there.</p>
      ) : (
        <p>A pipeline is a collection of trained models. There are three ways to one:</p>
      )}
      <Downloads downloads={downloads} />
      <CopyBox title="Train one on a simulated machine" text={trainCommands} />
      <CopyBox title="Learn from a Prometheus" text={learnCommand} />
      <CopyBox title="Take one that was published" text={publishedCommand} />
      <Errors errors={errors} />
    </section>
  )
}

const trainCommands = 'kepler-model simulate -o prom_response.json\nkepler-model train -i prom_response -p mine'
const learnCommand = 'kepler-model serve --online --prometheus http://prometheus:9090'
const publishedCommand = 'kepler-model serve --pipeline-url https://host/path/std_v0.7.11.zip'

/** Downloads that run, with how far they are. */
export function Downloads({ downloads }: Pick<OverviewJson, 'downloads'>) {
  if (downloads.length === 0) return null
  return (
    <ul class="downloads">
      {downloads.map(({ url, bytes: done, total }) => (
        <li key={url}>
          <bdi>{url}</bdi>: {bytes(done)}
          {total !== null && (
            <>
              {' '}
              of {bytes(total)} <progress max={total} value={done} aria-label={`Download of ${url}`} />
            </>
          )}
        </li>
      ))}
    </ul>
  )
}

/** What could not be read or downloaded. */
export function Errors({ errors }: Pick<OverviewJson, 'errors'>) {
  if (errors.length === 0) return null
  return (
    <Notice kind="warning">
      <p>What could not be read or downloaded:</p>
      <ul>
        {errors.map(({ origin, message }) => (
          <li key={origin}>
            <bdi class="text">{origin}</bdi>: <bdi class="text">{message}</bdi>
          </li>
        ))}
      </ul>
    </Notice>
  )
}
