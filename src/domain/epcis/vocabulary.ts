/** CBV 2.0 §7.1, in the order of the ratified JSON schema. */
export const BUSINESS_STEPS = [
  'accepting',
  'arriving',
  'assembling',
  'collecting',
  'commissioning',
  'consigning',
  'creating_class_instance',
  'cycle_counting',
  'decommissioning',
  'departing',
  'destroying',
  'disassembling',
  'dispensing',
  'encoding',
  'entering_exiting',
  'holding',
  'inspecting',
  'installing',
  'killing',
  'loading',
  'other',
  'packing',
  'picking',
  'receiving',
  'removing',
  'repackaging',
  'repairing',
  'replacing',
  'reserving',
  'retail_selling',
  'shipping',
  'staging_outbound',
  'stock_taking',
  'stocking',
  'storing',
  'transporting',
  'unloading',
  'unpacking',
  'void_shipping',
  'sensor_reporting',
  'sampling',
] as const;

/** CBV 2.0 §7.2. */
export const DISPOSITIONS = [
  'active',
  'container_closed',
  'damaged',
  'destroyed',
  'dispensed',
  'disposed',
  'encoded',
  'expired',
  'in_progress',
  'in_transit',
  'inactive',
  'no_pedigree_match',
  'non_sellable_other',
  'partially_dispensed',
  'recalled',
  'reserved',
  'retail_sold',
  'returned',
  'sellable_accessible',
  'sellable_not_accessible',
  'stolen',
  'unknown',
  'available',
  'completeness_verified',
  'completeness_inferred',
  'conformant',
  'container_open',
  'mismatch_instance',
  'mismatch_class',
  'mismatch_quantity',
  'needs_replacement',
  'non_conformant',
  'unavailable',
] as const;

/** CBV 2.0 §7.3. */
export const TRANSACTION_TYPES = [
  'bol',
  'cert',
  'desadv',
  'inv',
  'pedigree',
  'po',
  'poc',
  'prodorder',
  'recadv',
  'rma',
  'testprd',
  'testres',
  'upevt',
] as const;

/** CBV 2.0 §7.4. */
export const SOURCE_DESTINATION_TYPES = ['owning_party', 'possessing_party', 'location'] as const;

/** CBV 2.0 §7.5. */
export const ERROR_REASONS = ['did_not_occur', 'incorrect_data'] as const;

/** CBV 2.0 §7.8: the part of a measured vector that a sensor report gives. */
export const COMPONENTS = [
  'x',
  'y',
  'z',
  'axial_distance',
  'azimuth',
  'height',
  'spherical_radius',
  'polar_angle',
  'elevation_angle',
  'easting',
  'northing',
  'latitude',
  'longitude',
  'altitude',
] as const;

/** GS1 Web Vocabulary: what a sensor report measures. */
export const MEASUREMENT_TYPES = [
  'AbsoluteHumidity',
  'AbsorbedDose',
  'AbsorbedDoseRate',
  'Acceleration',
  'Radioactivity',
  'Altitude',
  'AmountOfSubstance',
  'AmountOfSubstancePerUnitVolume',
  'Angle',
  'AngularAcceleration',
  'AngularMomentum',
  'AngularVelocity',
  'Area',
  'Capacitance',
  'Conductance',
  'Conductivity',
  'Count',
  'Density',
  'Dimensionless',
  'DoseEquivalent',
  'DoseEquivalentRate',
  'DynamicViscosity',
  'ElectricCharge',
  'ElectricCurrent',
  'ElectricCurrentDensity',
  'ElectricFieldStrength',
  'Energy',
  'Exposure',
  'Force',
  'Frequency',
  'Illuminance',
  'Inductance',
  'Irradiance',
  'KinematicViscosity',
  'Length',
  'LinearMomentum',
  'Luminance',
  'LuminousFlux',
  'LuminousIntensity',
  'MagneticFlux',
  'MagneticFluxDensity',
  'MagneticVectorPotential',
  'Mass',
  'MassConcentration',
  'MassFlowRate',
  'MassPerAreaTime',
  'MemoryCapacity',
  'MolalityOfSolute',
  'MolarEnergy',
  'MolarMass',
  'MolarVolume',
  'Power',
  'Pressure',
  'RadiantFlux',
  'RadiantIntensity',
  'RelativeHumidity',
  'Resistance',
  'Resistivity',
  'SolidAngle',
  'SpecificVolume',
  'Speed',
  'SurfaceDensity',
  'SurfaceTension',
  'Temperature',
  'Time',
  'Torque',
  'Voltage',
  'Volume',
  'VolumeFlowRate',
  'VolumeFraction',
  'VolumetricFlux',
  'Wavenumber',
] as const;

/** GS1 Web Vocabulary: what a sensor report warns of. */
export const ALERT_TYPES = ['ALARM_CONDITION', 'ERROR_CONDITION'] as const;

export type BusinessStep = (typeof BUSINESS_STEPS)[number];
export type Disposition = (typeof DISPOSITIONS)[number];
export type TransactionType = (typeof TRANSACTION_TYPES)[number];
export type SourceDestinationType = (typeof SOURCE_DESTINATION_TYPES)[number];
export type ErrorReason = (typeof ERROR_REASONS)[number];
export type Component = (typeof COMPONENTS)[number];
export type MeasurementType = (typeof MEASUREMENT_TYPES)[number];
export type AlertType = (typeof ALERT_TYPES)[number];

interface Vocabulary<Word extends string> {
  readonly words: ReadonlySet<Word>;
  /** What a bare word is appended to. */
  readonly webUri: string;
  /** Other spellings of `webUri`, of EPCIS 1.2 (URN) and of JSON-LD (prefixed name). */
  readonly aliases: readonly string[];
}

function vocabulary<Word extends string>(
  words: readonly Word[],
  webUri: string,
  aliases: readonly string[],
): Vocabulary<Word> {
  return { words: new Set(words), webUri, aliases };
}

function cbv<Word extends string>(words: readonly Word[], name: string, urn: string): Vocabulary<Word> {
  return vocabulary(words, `https://ref.gs1.org/cbv/${name}-`, [
    `urn:epcglobal:cbv:${urn}:`,
    `cbv:${name}-`,
    `http://ref.gs1.org/cbv/${name}-`,
  ]);
}

const GS1_WEB = 'https://gs1.org/voc/';
const GS1_WEB_ALIASES = ['gs1:', 'https://www.gs1.org/voc/', 'http://gs1.org/voc/', 'http://www.gs1.org/voc/'];

/** The closed vocabularies of EPCIS 2.0, by the field that uses them. */
export const VOCABULARIES = {
  bizStep: cbv(BUSINESS_STEPS, 'BizStep', 'bizstep'),
  disposition: cbv(DISPOSITIONS, 'Disp', 'disp'),
  bizTransactionType: cbv(TRANSACTION_TYPES, 'BTT', 'btt'),
  sourceDestinationType: cbv(SOURCE_DESTINATION_TYPES, 'SDT', 'sdt'),
  errorReason: cbv(ERROR_REASONS, 'ER', 'er'),
  component: cbv(COMPONENTS, 'Comp', 'comp'),
  measurementType: vocabulary(MEASUREMENT_TYPES, GS1_WEB, GS1_WEB_ALIASES),
  alertType: vocabulary(ALERT_TYPES, GS1_WEB, GS1_WEB_ALIASES),
} as const;

export type VocabularyName = keyof typeof VOCABULARIES;

/** True for a bare word that the standard lists. */
export function isStandardWord(name: VocabularyName, text: string): boolean {
  return (VOCABULARIES[name].words as ReadonlySet<string>).has(text);
}

/**
 * The full URI of a vocabulary value: a bare word, a CBV 1.x URN and a prefixed name (`cbv:`, `gs1:`) become
 * `https://ref.gs1.org/cbv/...` or `https://gs1.org/voc/...`; any other URI stays as it is. A bare word need not be listed.
 */
export function toVocabularyUri(name: VocabularyName, text: string): string {
  const { webUri, aliases } = VOCABULARIES[name];
  if (!text.includes(':')) return webUri + text;
  const alias = aliases.find((candidate) => text.startsWith(candidate));
  return alias === undefined ? text : webUri + text.slice(alias.length);
}

/** The bare word for any spelling of a listed value, else the text itself: the form that EPCIS 2.0 JSON carries. */
export function toBareWord(name: VocabularyName, text: string): string {
  const { webUri } = VOCABULARIES[name];
  const uri = toVocabularyUri(name, text);
  const word = uri.startsWith(webUri) ? uri.slice(webUri.length) : text;
  return isStandardWord(name, word) ? word : text;
}
