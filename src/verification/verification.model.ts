import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { Life } from '../domain/custody/life.js';
import type { ScanFault as FaultOfScan, ScanStatus as StatusOfScan } from '../domain/gs1/scan.js';
import { ADVICE, REASON_CODES, REASONS, VERDICTS } from '../domain/verdict/reasons.js';
import type { AdviceCode, ReasonCode, VerdictKind } from '../domain/verdict/reasons.js';
import { OrganisationModel, ProductModel, SiteModel } from '../partners/partners.model.js';
import { enumOf } from '../platform/graphql/enums.js';
import { PageOf } from '../platform/graphql/pagination.js';
import { CalendarDate, EventTime, Position } from '../platform/graphql/scalars.js';
import { Lives } from '../trace/custody.enums.js';
import { HoldFacts } from '../trace/hold.model.js';

const VERDICT_WORDS: Readonly<Record<VerdictKind, string>> = {
  genuine: 'Recorded, and nothing speaks against supplying it.',
  genuine_do_not_supply: 'Recorded, but it must not be supplied; the reason says why.',
  not_recognised: 'No such pack is recorded.',
  contradicted: 'What the pack says, or where it is, and what is recorded differ.',
  cannot_tell: 'No answer is possible; the reason says why.',
};

const Verdicts = enumOf('Verdict', 'What a scan of a pack is worth.', VERDICTS, (verdict) => VERDICT_WORDS[verdict]);
const ReasonCodes = enumOf(
  'VerdictReasonCode',
  'Why a verdict is what it is, the gravest first.',
  REASON_CODES,
  (code) => REASONS[code].text,
);
const AdviceCodes = enumOf(
  'VerdictAdviceCode',
  'What to do.',
  Object.keys(ADVICE) as AdviceCode[],
  (code) => ADVICE[code],
);
const SCAN_STATUS: Readonly<Record<StatusOfScan, string>> = {
  clean: 'Read as it is.',
  repaired: 'Read after repairs, which are named.',
  ambiguous: 'Several readings are possible.',
  unreadable: 'No reading; the notices say why.',
};
const ScanStatuses = enumOf(
  'ScanStatus',
  'How well a scan could be read.',
  Object.keys(SCAN_STATUS) as StatusOfScan[],
  (status) => SCAN_STATUS[status],
);

@ObjectType({ description: 'Why a verdict is what it is.' })
export class VerdictReason {
  @Field(() => ReasonCodes, { description: 'The reason; translate by it.' })
  code: ReasonCode;

  @Field(() => String, { description: 'In plain English.' })
  text: string;
}

@ObjectType({ description: 'What to do.' })
export class VerdictAdvice {
  @Field(() => AdviceCodes, { description: 'The advice; translate by it.' })
  code: AdviceCode;

  @Field(() => String, { description: 'In plain English.' })
  text: string;
}

@ObjectType({ description: 'What is, or may be, wrong with a scan.' })
export class ScanFinding {
  @Field(() => String, { description: 'SEPARATOR_LOST, CAPS_LOCK, ...: docs/formats/scan.md lists them.' })
  fault: FaultOfScan;

  @Field(() => String, { description: 'What was done about it, in plain English.' })
  done: string;

  @Field(() => Float, { description: 'How sure that is, above 0 and up to 1.' })
  confidence: number;
}

@ObjectType({ description: 'One way to read a scan.' })
export class ProposedReading {
  @Field(() => String, { nullable: true, description: 'GTIN of 14 digits.' })
  gtin: string | null;

  @Field(() => String, { nullable: true, description: 'Serial number.' })
  serial: string | null;

  @Field(() => String, { nullable: true, description: 'Lot on the code.' })
  lot: string | null;

  @Field(() => CalendarDate, { nullable: true, description: 'Expiry on the code.' })
  expiry: string | null;

  @Field(() => String, { nullable: true, description: 'SSCC of 18 digits, where a container was scanned.' })
  sscc: string | null;

  @Field(() => [ScanFinding], { description: 'What was, or would be, changed to read it so.' })
  repairs: readonly ScanFinding[];
}

@ObjectType({ description: 'How a scan was read.' })
export class ScanReading extends ProposedReading {
  @Field(() => String, { description: 'What the scanner gave, unchanged.' })
  raw: string;

  @Field(() => ScanStatuses, { description: 'How well it could be read.' })
  status: StatusOfScan;

  @Field(() => [ScanFinding], { description: 'What is worth knowing though nothing was changed.' })
  notices: readonly ScanFinding[];

  @Field(() => [ProposedReading], { description: 'Other possible readings, the most probable first, at most 5.' })
  alternatives: readonly ProposedReading[];
}

@ObjectType({ description: 'Where the code says another thing than the records.' })
export class PackDifference {
  @Field(() => String, { description: '`lot` or `expiry`.' })
  field: string;

  @Field(() => String, { description: 'As recorded.' })
  expected: string;

  @Field(() => String, { description: 'As on the code.' })
  got: string;
}

@ObjectType({ description: 'Who has a pack, and where. What is not yours to see is absent.' })
export class PackCustody {
  @Field(() => Lives, { description: 'Where the pack stands in its life.' })
  life: Life;

  @Field(() => OrganisationModel, { nullable: true, description: 'Who holds it, or held it last.' })
  holder: OrganisationModel | null;

  @Field(() => SiteModel, { nullable: true, description: 'Where it is, or was last; on its way, where it left.' })
  site: SiteModel | null;

  @Field(() => SiteModel, { nullable: true, description: 'Where it is being shipped to.' })
  destination: SiteModel | null;

  @Field(() => [String], { description: 'SSCCs of the containers around it, innermost first.' })
  containers: readonly string[];
}

@ObjectType({ description: 'What blocks a pack: a hold on it, on a container around it, or on its lot.' })
export class PackHold extends HoldFacts {
  @Field(() => String, { description: '`pack`, `container` or `lot`.' })
  on: string;
}

@ObjectType({ description: 'What a verdict rests on, and how old that is.' })
export class VerdictEvidence {
  @Field(() => Position, { description: 'Place in the log of the last event on the pack or a container around it.' })
  position: number;

  @Field(() => ID, { description: 'The event hash of that event.' })
  eventID: string;

  @Field(() => Date, { description: 'When it happened.' })
  eventTime: Date;

  @Field(() => Date, { description: 'When it was recorded.' })
  recordTime: Date;

  @Field(() => Int, { description: 'Whole seconds from then to `asOf`.' })
  ageSeconds: number;
}

@ObjectType({ description: 'An event that another system reported of a pack, and that could not be decided about it.' })
export class ReportedEvidence {
  @Field(() => Position, { description: 'Its place in the log.' })
  position: number;

  @Field(() => Date, { description: 'When it happened, as reported.' })
  eventTime: Date;

  @Field(() => Date, { description: 'When it was recorded.' })
  recordTime: Date;

  @Field(() => String, { description: 'Why it could not be decided, in the codes of docs/formats/custody.md.' })
  code: string;
}

@ObjectType({ description: 'The answer to a scan by somebody who is signed in. The scan is kept when it is given.' })
export class Verification {
  @Field(() => Verdicts, { description: 'What the pack is worth.' })
  verdict: VerdictKind;

  @Field(() => VerdictReason, { nullable: true, description: 'The gravest reason; nothing for GENUINE.' })
  reason: VerdictReason | null;

  @Field(() => [VerdictReason], { description: 'All reasons, the gravest first.' })
  reasons: readonly VerdictReason[];

  @Field(() => VerdictAdvice, { description: 'What to do.' })
  advice: VerdictAdvice;

  @Field(() => ScanReading, { description: 'How the scan was read.' })
  reading: ScanReading;

  @Field(() => String, { nullable: true, description: 'The pack as a GS1 Digital Link; also where it is unknown.' })
  epc: string | null;

  @Field(() => ProductModel, { nullable: true, description: 'The product, where it is registered.' })
  product: ProductModel | null;

  @Field(() => String, { nullable: true, description: 'The recorded lot.' })
  lot: string | null;

  @Field(() => CalendarDate, { nullable: true, description: 'The recorded last day of use.' })
  expiry: string | null;

  @Field(() => Int, { nullable: true, description: 'Units left in a pack that was dispensed in part.' })
  remaining: number | null;

  @Field(() => [PackDifference], { description: 'Where the code says another thing than the records.' })
  differences: readonly PackDifference[];

  @Field(() => PackCustody, {
    nullable: true,
    description:
      'Who has it: for its holder, its consignee, the owner of its GTIN, regulators and auditors; else nothing.',
  })
  custody: PackCustody | null;

  @Field(() => [PackHold], { description: 'What blocks it.' })
  holds: readonly PackHold[];

  @Field(() => VerdictEvidence, { nullable: true, description: 'What the verdict rests on, where a pack is recorded.' })
  evidence: VerdictEvidence | null;

  @Field(() => [ReportedEvidence], {
    description: 'What other systems reported of it and could not be decided so far: it does not make a pack genuine.',
  })
  reported: readonly ReportedEvidence[];

  @Field(() => Int, { description: 'How often it was presented again where it had been dispensed.' })
  repeats: number;

  @Field(() => EventTime, { description: 'When it was scanned.' })
  scannedAt: string;

  @Field(() => Date, { description: 'When the records were read.' })
  asOf: Date;
}

@ObjectType({ description: 'What anybody may know of a product.' })
export class PublicProduct {
  @Field(() => String, { description: 'Its GTIN, 14 digits.' })
  gtin: string;

  @Field(() => String, { description: 'The name on the pack.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'The international nonproprietary name (INN).' })
  commonName: string | null;

  @Field(() => String, { description: 'The dosage form.' })
  form: string;

  @Field(() => String, { description: 'The strength of one unit.' })
  strength: string;
}

@ObjectType({ description: 'The answer to a scan by anybody.' })
export class PublicVerification {
  @Field(() => Verdicts, { description: 'What the pack is worth.' })
  verdict: VerdictKind;

  @Field(() => VerdictReason, { nullable: true, description: 'The gravest reason; nothing for GENUINE.' })
  reason: VerdictReason | null;

  @Field(() => VerdictAdvice, { description: 'What to do.' })
  advice: VerdictAdvice;

  @Field(() => PublicProduct, { nullable: true, description: 'The product, where it is registered.' })
  product: PublicProduct | null;

  @Field(() => String, { nullable: true, description: 'The lot: of a genuine pack as recorded, else as on the code.' })
  lot: string | null;

  @Field(() => CalendarDate, { nullable: true, description: 'The last day of use, likewise.' })
  expiry: string | null;

  @Field(() => Date, { description: 'When the records were read.' })
  asOf: Date;
}

@ObjectType({ description: 'A scan that was answered. Scans are never changed.' })
export class Scan {
  @Field(() => ID, { description: 'Its number.' })
  id: string;

  @Field(() => Date, { description: 'When it was scanned.' })
  at: Date;

  @Field(() => OrganisationModel, { nullable: true, description: 'Who scanned; nothing for the public.' })
  organisation: OrganisationModel | null;

  @Field(() => SiteModel, { nullable: true, description: 'Where.' })
  site: SiteModel | null;

  @Field(() => Int, { nullable: true, description: 'Number of the person who scanned.' })
  personId: number | null;

  @Field(() => String, { description: 'Why, in the words of AccessPurpose, or `public`.' })
  purpose: string;

  @Field(() => String, { nullable: true, description: 'GTIN as it was read.' })
  gtin: string | null;

  @Field(() => String, { nullable: true, description: 'Serial number as it was read.' })
  serial: string | null;

  @Field(() => String, { description: 'What the scanner gave, unchanged.' })
  raw: string;

  @Field(() => Verdicts, { description: 'What was answered.' })
  verdict: VerdictKind;

  @Field(() => VerdictReason, { nullable: true, description: 'And why.' })
  reason: VerdictReason | null;

  @Field(() => Position, { nullable: true, description: 'The last event on the pack at that time.' })
  position: number | null;
}

@ObjectType({ description: 'A page of scans, the newest first.' })
export class ScanPage extends PageOf(Scan) {}
