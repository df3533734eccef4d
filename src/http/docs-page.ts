import fastify, { type FastifyInstance } from 'fastify'

/**
 * Adds `GET /openapi.json` and, at `/docs`, Swagger UI. Its assets come from the package, no other host is contacted. It is
 * created at the first request for it, as is the document: both take longer to load than the rest of the server.
 */
export function addDocsPage(app: FastifyInstance, load: () => Promise<object>): void {
  let loaded: Promise<object> | undefined
  const document = () => (loaded ??= load())
  app.get('/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(await document())),
  )

  let page: Promise<FastifyInstance> | undefined
  const createPage = async () => {
    const { default: swagger } = await import('@fastify/swagger')
    const { default: swaggerUi } = await import('@fastify/swagger-ui')
    const specification = await document()
    const docs = fastify({ logger: false })
    await docs.register(swagger, { mode: 'static', specification: { document: emptyDocument } })
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      transformSpecification: () => ({ ...specification }),
      transformSpecificationClone: false,
    })
    await docs.ready()
    return docs
  }
  for (const url of ['/docs', '/docs/*']) {
    app.get(url, async (request, reply) => {
      page ??= createPage()
      const docs = await page
      reply.hijack()
      docs.routing(request.raw, reply.raw)
    })
  }
  app.addHook('onClose', async () => {
    if (page) await (await page).close()
  })
}

/** The plugin's type for documents knows OpenAPI 3.0 only; ours is put in its place when it is asked for. */
const emptyDocument = { openapi: '3.0.0', info: { title: '', version: '' }, paths: {} }
