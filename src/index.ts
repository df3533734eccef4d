/**
 * Power models: read measurements, make datasets, train, judge, save and load models, predict watts. Every failure is a
 * {@link ModelError} that names what is wrong. An option that a function does not have is one too.
 *
 * @packageDocumentation
 */
export type { ModelMetadata } from './archive/metadata.js'
export {
  type EstimateOptions,
  type ModelArchive,
  type PowerEstimate,
  readModelArchive,
} from './archive/read-model-archive.js'
export { type ComponentWeights, type ModelWeights, readWeights } from './archive/weights.js'
export { type ArchiveMetadata, writeModelArchive } from './archive/write-model-archive.js'
export type { ZipLimits } from './archive/zip/limits.js'
export { type Component, components, type EnergySource, energySources } from './core/energy-source.js'
export { type ErrorCode, type ErrorReason, ModelError, type ModelErrorOptions } from './core/errors.js'
export { type FeatureGroup, featuresOf, groupFeatures } from './core/feature-group.js'
export type { MachineSpec } from './core/machine-spec.js'
export { type OutputType, outputTypes } from './core/output-type.js'
export {
  type Dataset,
  type FeatureColumn,
  type PowerColumn,
  type RatioColumn,
  selectRows,
  type TrainingData,
  trainingData,
} from './extract/dataset.js'
export { type Extraction, type ExtractorName, extractorNames, type ScrapeReport } from './extract/extractor.js'
export type { ExtractionFindingKind, Finding, FindingKind, IsolationFindingKind } from './extract/findings.js'
export { type IdlePower, type IdleProfile, parseIdleProfile } from './isolate/idle-profile.js'
export type { Isolation } from './isolate/isolator.js'
export { type IsolatorName, isolatorNames } from './isolate/isolators.js'
export { type CrossValidateOptions, crossValidate } from './library/cross-validate.js'
export {
  type EstimateRequest,
  type EstimatorClient,
  type EstimatorClientOptions,
  estimatorClient,
} from './library/estimator-client.js'
export { type ExtractOptions, extract } from './library/extract.js'
export { type IsolatorOptions, isolate } from './library/isolate.js'
export {
  type BestModelRequest,
  type LoadPipelineOptions,
  loadPipeline,
  type ModelInfo,
  type OpenPipeline,
} from './library/load-pipeline.js'
export type { PowerAnswer } from './library/power-answer.js'
export { type ProfileOptions, profileIdle } from './library/profile-idle.js'
export { type ReadResponseOptions, readResponse } from './library/read-response.js'
export {
  type SimulateOptions,
  simulatedComponents,
  simulateResponse,
  simulateResponseText,
  simulateTruth,
} from './library/simulate.js'
export { type TrainModelOptions, trainModel } from './library/train-model.js'
export { type TrainedPowerModels, type TrainPipelineOptions, trainPipeline } from './library/train-pipeline.js'
export type { TrainedPowerModel } from './library/trained-power-model.js'
export { type WorkloadOptions, workloadsIn } from './library/workloads-in.js'
export type { Matrix } from './numeric/matrix.js'
export type { RegressionMetrics } from './numeric/metrics.js'
export { type OnnxOptions, toOnnx } from './onnx/to-onnx.js'
export type { OnnxModel } from './onnx/model-properties.js'
export type { ConcaveSum, FeatureRange } from './predictor/concave-sum.js'
export type { Tree } from './predictor/forest.js'
export type { InputRange, OutsideInput } from './predictor/input-range.js'
export type { IntervalTable } from './predictor/interval-table.js'
export type { FittedPredictor, FittedTransformer } from './predictor/kinds.js'
export type { ComponentModel, PowerModel, Powers } from './predictor/power-model.js'
export type { Predictor } from './predictor/predictor.js'
export type { PredictedInterval, QuantileForest, QuantileForestPredictor } from './predictor/quantile-forest.js'
export type { QuantileTrees } from './predictor/target-pool.js'
export type { ComponentUncertainty, IntervalMethod, PowerInterval, Uncertainty } from './predictor/uncertainty.js'
export type { XgboostModel, XgboostPredictor, XgboostTree } from './predictor/xgboost.js'
export type { Labels } from './prometheus/labels.js'
export type { Notices } from './prometheus/notices.js'
export type { BadSample, PrometheusResponse, Series } from './prometheus/response.js'
export {
  type LibraryInterval,
  type LibraryPredictor,
  type LibraryRegressor,
  type LibraryRows,
  type RegressorName,
  regressor,
} from './regression/regressor-by-name.js'
export { type TrainerName, type TrainerOptions, trainerNames } from './regression/trainers.js'
export type { NodeTypeMatch } from './selection/match-node-type.js'
export type { FallbackMatch, ModelMatch, UniversalMatch } from './selection/model-match.js'
export type { ModelSelection } from './selection/model-selector.js'
export type { TrueContainer, TrueSample } from './simulate/ground-truth.js'
export { type ScenarioName, scenarioNames } from './simulate/scenario.js'
export type { ComponentCrossValidation, CrossValidation } from './train/cross-validate.js'
export type { HeldOutRows } from './train/held-out-intervals.js'
export type { WorkloadAt } from './train/training-set.js'
