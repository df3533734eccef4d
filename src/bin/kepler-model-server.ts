#!/usr/bin/env node
import { runProcess } from '../cli/main.js'
import { keplerModelServerProgram } from '../cli/program.js'

await runProcess(keplerModelServerProgram)
