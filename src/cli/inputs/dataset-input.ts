import { createReadStream } from 'node:fs'
import { errorIn, ModelError, messageOf } from '../../core/errors.js'
import type { Dataset } from '../../extract/dataset.js'
import { datasetCsvOptions, datasetFromTable, type TableMeaning } from '../../extract/dataset-table.js'
import { readCsv } from '../../table/csv-read.js'

/** Reads a dataset file. @throws ModelError `INVALID_DATA` or `UNAVAILABLE` that names the file */
export async function readDataset(path: string, meaning: TableMeaning): Promise<Dataset> {
  try {
    return datasetFromTable(await readCsv(createReadStream(path, 'utf8'), datasetCsvOptions), meaning)
  } catch (cause) {
    if (cause instanceof ModelError) throw errorIn(path, cause)
    throw new ModelError('UNAVAILABLE', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
}
