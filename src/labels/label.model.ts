import { Field, Float, Int, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import { PageOf } from '../platform/graphql/pagination.js';
import type { HriPlacement } from './label-layout.js';
import type { LabelFormat, LabelStyle, RenderedLabel } from './render-label.js';
import type { Symbology } from './symbology.js';

const symbologies = {
  GS1_DATAMATRIX: 'gs1-datamatrix',
  GS1_QR: 'gs1-qr',
  GS1_128: 'gs1-128',
  DIGITAL_LINK_QR: 'digital-link-qr',
  DIGITAL_LINK_DATAMATRIX: 'digital-link-datamatrix',
} as const satisfies Record<string, Symbology>;
registerEnumType(symbologies, {
  name: 'LabelSymbology',
  description: 'How a label carries its data.',
  valuesMap: {
    GS1_DATAMATRIX: { description: 'GS1 element string in GS1 DataMatrix: what a medicine pack carries.' },
    GS1_QR: { description: 'GS1 element string in GS1 QR Code.' },
    GS1_128: { description: 'GS1 element string in GS1-128 bars: containers, and lots where they fit.' },
    DIGITAL_LINK_QR: { description: 'GS1 Digital Link URI in a QR code, which every telephone opens.' },
    DIGITAL_LINK_DATAMATRIX: { description: 'GS1 Digital Link URI in Data Matrix.' },
  },
});

const formats = { SVG: 'svg', PNG: 'png' } as const satisfies Record<string, LabelFormat>;
registerEnumType(formats, { name: 'LabelFormat', description: 'The kind of picture.' });

const placements = { BELOW: 'below', SIDE: 'side', NONE: 'none' } as const satisfies Record<string, HriPlacement>;
registerEnumType(placements, { name: 'HriPlacement', description: 'Where the human-readable interpretation stands.' });

@InputType({ description: 'How a label is to look. What is left out is as GS1 recommends.' })
export class LabelStyleInput {
  @Field(() => symbologies, { nullable: true, description: 'GS1 DataMatrix, or GS1-128 for a container.' })
  symbology?: Symbology | null;

  @Field(() => formats, { nullable: true, description: 'SVG.' })
  format?: LabelFormat | null;

  @Field(() => Int, { nullable: true, description: 'Dots an inch of the printer, 150 to 1200; PNG only. 300.' })
  dpi?: number | null;

  @Field(() => Float, { nullable: true, description: 'Size of one module in mm; each symbology has its range.' })
  xDimension?: number | null;

  @Field(() => placements, { nullable: true, description: 'At the side of a square symbol, below bars.' })
  hri?: HriPlacement | null;

  @Field(() => Boolean, { defaultValue: false, description: "Whether the product's name stands beside the code." })
  productName: boolean = false;
}

/** The style that an input asks for; null is as good as left out. */
export function styleOf(input: LabelStyleInput | null | undefined): LabelStyle {
  if (input == null) return {};
  const { symbology, format, dpi, xDimension, hri } = input;
  return {
    ...(symbology != null && { symbology }),
    ...(format != null && { format }),
    ...(dpi != null && { dpi }),
    ...(xDimension != null && { xDimension }),
    ...(hri != null && { hriPlacement: hri }),
  };
}

@ObjectType({ description: 'A barcode with its human-readable interpretation, ready to print.' })
export class Label {
  @Field(() => String, { description: 'GS1 Digital Link URI of what it identifies.' })
  digitalLink: string;

  @Field(() => String, { description: 'What a scanner sends, without symbology identifier; GS (U+001D) separates.' })
  elementString: string;

  @Field(() => [String], { description: 'Human-readable interpretation, an element a line (GS1 GenSpecs 4.14).' })
  hri: string[];

  @Field(() => String, { description: '`image/svg+xml` or `image/png`.' })
  mediaType: string;

  @Field(() => String, { nullable: true, description: 'The picture, when SVG was asked for.' })
  svg: string | null;

  @Field(() => String, { nullable: true, description: 'The picture in base64, when PNG was asked for.' })
  pngBase64: string | null;

  @Field(() => Float, { description: 'Width on paper in mm, quiet zones included.' })
  widthMm: number;

  @Field(() => Float, { description: 'Height on paper in mm, quiet zones included.' })
  heightMm: number;
}

@ObjectType({ description: 'One page of labels.' })
export class LabelPage extends PageOf(Label) {}

export function toLabel(label: RenderedLabel): Label {
  const { data, hri, mediaType, elementString, digitalLink, widthMm, heightMm } = label;
  return {
    digitalLink,
    elementString,
    hri: [...hri],
    mediaType,
    svg: typeof data === 'string' ? data : null,
    pngBase64: typeof data === 'string' ? null : Buffer.from(data).toString('base64'),
    widthMm,
    heightMm,
  };
}
