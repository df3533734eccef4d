import * as z from 'zod'

/** The parts of OpenAPI 3.1 and JSON Schema that our documents use. Strict: what no page would show fails. */
const schemaSchema = z.strictObject({
  $schema: z.string().optional(),
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  examples: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).optional(),
  propertyNames: z.unknown().optional(),
  get properties() {
    return z.record(z.string(), schemaSchema).optional()
  },
  get items() {
    return schemaSchema.optional()
  },
  get additionalProperties() {
    return z.union([z.boolean(), schemaSchema]).optional()
  },
  get anyOf() {
    return z.array(schemaSchema).optional()
  },
})
export type Schema = z.infer<typeof schemaSchema>

const examplesSchema = z.record(z.string(), z.strictObject({ summary: z.string(), value: z.unknown() }))
const contentSchema = z.record(
  z.string(),
  z.strictObject({ schema: schemaSchema, examples: examplesSchema.optional() }),
)
export type Content = z.infer<typeof contentSchema>

const parameterSchema = z.strictObject({
  name: z.string(),
  in: z.enum(['query', 'path']),
  description: z.string().optional(),
  required: z.boolean().optional(),
  allowEmptyValue: z.boolean().optional(),
  schema: schemaSchema,
})
export type Parameter = z.infer<typeof parameterSchema>

const responseSchema = z.strictObject({
  description: z.string(),
  headers: z.record(z.string(), z.strictObject({ description: z.string(), schema: schemaSchema })).optional(),
  content: contentSchema.optional(),
})
export type Response = z.infer<typeof responseSchema>

const operationSchema = z.strictObject({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(parameterSchema).optional(),
  requestBody: z.strictObject({ required: z.boolean(), content: contentSchema }).optional(),
  responses: z.record(z.string(), responseSchema),
})
export type Operation = z.infer<typeof operationSchema>

const documentSchema = z.object({
  info: z.object({ title: z.string(), description: z.string() }),
  paths: z.record(
    z.string(),
    z.strictObject({
      parameters: z.array(parameterSchema).optional(),
      get: operationSchema.optional(),
      post: operationSchema.optional(),
      delete: operationSchema.optional(),
    }),
  ),
  components: z.object({ schemas: z.object({ Error: schemaSchema }) }),
})
export type Document = z.infer<typeof documentSchema>

/** @throws ZodError where the document has something that this cannot read */
export function readDocument(document: object): Document {
  return documentSchema.parse(document)
}

export interface Route {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** The operations in the order of the document, each with the parameters of its path. */
export function routesOf({ paths }: Document): readonly Route[] {
  return Object.entries(paths).flatMap(([path, { parameters = [], ...operations }]) =>
    Object.entries(operations).flatMap(([method, operation]) => {
      if (operation === undefined) return []
      const all = [...parameters, ...(operation.parameters ?? [])]
      return [{ method: method.toUpperCase(), path, operation: { ...operation, parameters: all } }]
    }),
  )
}
