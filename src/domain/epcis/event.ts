import type {
  AlertType,
  BusinessStep,
  Component,
  Disposition,
  ErrorReason,
  MeasurementType,
  SourceDestinationType,
  TransactionType,
} from './vocabulary.js';

/** Any value that JSON can hold. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Fields outside the standard, named by a prefixed name (`halisi:caseId`) or a URI (EPCIS 2.0 §7.1.2). */
export type Extensions = { readonly [name: `${string}:${string}`]: JsonValue | undefined };

/** An absolute URI that is not one of the standard's own words. The template keeps bare words out. */
export type OwnUri = `${string}:${string}`;

export type Action = 'ADD' | 'OBSERVE' | 'DELETE';

/** Date and time with an offset, e.g. `2026-03-01T08:00:00.000+03:00`. */
export type DateTime = string;

/** An instance EPC, as an EPC URN or a GS1 Digital Link. Halisi writes `https://id.gs1.org/...`. */
export type Epc = string;

/** A class of objects: a GTIN, or a GTIN with a lot. */
export type EpcClass = string;

/** So many objects, or so much, of one class. Without `uom`, `quantity` counts; without both it is unknown. */
export type QuantityElement = {
  readonly epcClass: EpcClass;
  readonly quantity?: number;
  /** UN/ECE Recommendation 20 code, e.g. `KGM`. */
  readonly uom?: string;
};

export type BizTransaction = { readonly type?: TransactionType | OwnUri; readonly bizTransaction: string };
export type Source = { readonly type: SourceDestinationType | OwnUri; readonly source: string };
export type Destination = { readonly type: SourceDestinationType | OwnUri; readonly destination: string };

/** A read point or business location: `id` is a GLN (`/414/...`) or a `geo:` URI. */
export type Place = { readonly id: string } & Extensions;

/** Dispositions that stay until unset. At least one of the two lists. */
export type PersistentDisposition = {
  readonly set?: readonly (Disposition | OwnUri)[];
  readonly unset?: readonly (Disposition | OwnUri)[];
};

export type ErrorDeclaration = {
  readonly declarationTime: DateTime;
  readonly reason?: ErrorReason | OwnUri;
  readonly correctiveEventIDs?: readonly string[];
} & Extensions;

type SensorOrigin = {
  readonly time?: DateTime;
  readonly deviceID?: string;
  readonly deviceMetadata?: string;
  readonly rawData?: string;
  readonly dataProcessingMethod?: string;
  readonly bizRules?: string;
};

export type SensorMetadata = SensorOrigin & {
  readonly startTime?: DateTime;
  readonly endTime?: DateTime;
} & Extensions;

export type SensorReport = SensorOrigin & {
  readonly type: MeasurementType | OwnUri;
  readonly exception?: AlertType | OwnUri;
  readonly microorganism?: string;
  readonly chemicalSubstance?: string;
  readonly coordinateReferenceSystem?: string;
  readonly value?: number;
  readonly component?: Component | OwnUri;
  readonly stringValue?: string;
  readonly booleanValue?: boolean;
  readonly hexBinaryValue?: string;
  readonly uriValue?: string;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly meanValue?: number;
  readonly sDev?: number;
  readonly percRank?: number;
  readonly percValue?: number;
  readonly uom?: string;
} & Extensions;

export type SensorElement = {
  readonly sensorMetadata?: SensorMetadata;
  readonly sensorReport: readonly SensorReport[];
} & Extensions;

/** What every event may have: when, where, why, and what led to it. */
export type CommonFields = {
  readonly '@context'?: JsonValue;
  readonly eventTime: DateTime;
  /** `+hh:mm` or `-hh:mm` at the place of the event, up to 14:00. */
  readonly eventTimeZoneOffset: string;
  /** Set by the repository that stores the event. */
  readonly recordTime?: DateTime;
  readonly eventID?: string;
  readonly certificationInfo?: string | readonly string[];
  readonly errorDeclaration?: ErrorDeclaration;
  readonly bizStep?: BusinessStep | OwnUri;
  readonly disposition?: Disposition | OwnUri;
  readonly persistentDisposition?: PersistentDisposition;
  readonly readPoint?: Place;
  readonly bizLocation?: Place;
  readonly bizTransactionList?: readonly BizTransaction[];
  readonly sourceList?: readonly Source[];
  readonly destinationList?: readonly Destination[];
  readonly sensorElementList?: readonly SensorElement[];
} & Extensions;

/** Something happened to objects (EPCIS 2.0 §7.4.2). */
export type ObjectEvent = CommonFields & {
  readonly type: 'ObjectEvent';
  readonly action: Action;
  readonly epcList?: readonly Epc[];
  readonly quantityList?: readonly QuantityElement[];
  /** Master data of the new objects: only with action ADD. */
  readonly ilmd?: Extensions;
};

/** Objects were put in, seen in, or taken out of a container (§7.4.3). */
export type AggregationEvent = CommonFields & {
  readonly type: 'AggregationEvent';
  readonly action: Action;
  readonly parentID?: Epc;
  readonly childEPCs?: readonly Epc[];
  readonly childQuantityList?: readonly QuantityElement[];
};

/** Objects were bound to, or released from, a business transaction (§7.4.4). */
export type TransactionEvent = CommonFields & {
  readonly type: 'TransactionEvent';
  readonly action: Action;
  readonly bizTransactionList: readonly BizTransaction[];
  readonly parentID?: Epc;
  readonly epcList?: readonly Epc[];
  readonly quantityList?: readonly QuantityElement[];
};

/** Inputs were consumed and outputs made (§7.4.6). Has no action. */
export type TransformationEvent = CommonFields & {
  readonly type: 'TransformationEvent';
  readonly inputEPCList?: readonly Epc[];
  readonly inputQuantityList?: readonly QuantityElement[];
  readonly outputEPCList?: readonly Epc[];
  readonly outputQuantityList?: readonly QuantityElement[];
  /** Joins several events into one transformation. */
  readonly transformationID?: string;
  readonly ilmd?: Extensions;
};

/** Objects were attached to, seen at, or detached from a parent that is no container (§7.4.5). */
export type AssociationEvent = CommonFields & {
  readonly type: 'AssociationEvent';
  readonly action: Action;
  readonly parentID: Epc;
  readonly childEPCs?: readonly Epc[];
  readonly childQuantityList?: readonly QuantityElement[];
};

/** An EPCIS 2.0 event in its JSON form. */
export type EpcisEvent = ObjectEvent | AggregationEvent | TransactionEvent | TransformationEvent | AssociationEvent;

export const EVENT_TYPES = [
  'ObjectEvent',
  'AggregationEvent',
  'TransactionEvent',
  'TransformationEvent',
  'AssociationEvent',
] as const satisfies readonly EpcisEvent['type'][];

export type EventType = (typeof EVENT_TYPES)[number];
export const ACTIONS = ['ADD', 'OBSERVE', 'DELETE'] as const satisfies readonly Action[];
