import { Injectable } from '@nestjs/common';
import {
  statementBlock,
  GS1_US_HC,
  statementIn,
  TRANSACTION_STATEMENT,
} from '../../../domain/dscsa/transaction-statement.js';
import { PLACE_ATTRIBUTES, PRODUCT_ATTRIBUTES } from '../../../domain/dscsa/master-data.js';
import { placesIn, productsIn } from '../../../domain/dscsa/profile.js';
import { DOCUMENT_CONTEXT } from '../../../domain/epcis/context.js';
import type { DocumentHeader, VocabularyGroup } from '../../../domain/epcis/document.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { translateEvent, translateIdentifier, type Translation } from '../../../domain/epcis/translate.js';
import { toBareWord } from '../../../domain/epcis/vocabulary.js';
import { MasterData } from '../../../partners/master-data/master-data.js';
import { CBV_MDA } from '../../../partners/master-data/names.js';
import { PartnersDirectory } from '../../../partners/partners-directory.js';
import type { Asker } from '../../../trace/events/events.service.js';
import { ShipmentsService } from '../../../trace/shipments/shipments.service.js';
import { asEpcisProblem } from '../../epcis/rest/document-problem.js';
import { noSuch } from '../../epcis/rest/epcis-problem.js';
import { prefixLengths } from '../../epcis/rest/event-documents.service.js';
import { ShipmentContents } from './shipment-contents.service.js';
import { ShipmentEventsStore } from './shipment-events.store.js';

/** An EPCIS document about one shipment. */
export interface ShipmentFile {
  readonly header: DocumentHeader;
  readonly events: readonly EpcisEvent[];
}

/** Makes shipment files, for the two sides of a shipment and the regulator; the same for each of them. */
@Injectable()
export class ShipmentFiles {
  constructor(
    private readonly shipments: ShipmentsService,
    private readonly store: ShipmentEventsStore,
    private readonly contents: ShipmentContents,
    private readonly masterData: MasterData,
    private readonly directory: PartnersDirectory,
  ) {}

  /**
   * The file of a shipment, with identifiers as they were captured or in the form asked for. The read is recorded first. Throws
   * NoSuchNameException where there is no such shipment or none that the asker may see, or its event is erased;
   * NotAcceptableException where an identifier cannot be written so.
   */
  async file(
    asker: Asker,
    eventID: string,
    epcFormat: Translation['epcFormat'],
    operation: string,
  ): Promise<ShipmentFile> {
    const shipment = await this.shipments.shipment(asker, eventID, operation);
    const shipping = shipment === null ? undefined : await this.store.one(shipment.position);
    if (shipping === undefined) throw noSuch(`shipment ${eventID.slice(0, 200)}`);
    const [captured, said] = await Promise.all([
      this.contents.events(shipping),
      this.store.saidWith(shipping.position),
    ]);
    const translation = {
      epcFormat,
      cbvFormat: 'No_Preference',
      prefixLengthOf: prefixLengths(this.directory),
    } as const;
    try {
      const events = captured.map((event) => translateEvent(event, translation));
      const vocabularyList = await this.vocabularyList(shipping.capturedBy, events, translation);
      const statement = said === undefined ? TRANSACTION_STATEMENT : statementIn(JSON.parse(said) as DocumentHeader);
      return { header: headerOf(events.at(-1)!, vocabularyList, statement), events };
    } catch (error) {
      throw asEpcisProblem(error);
    }
  }

  /** What the sender knows of the products and places, as far as the guideline has it. */
  private async vocabularyList(
    sender: number,
    events: readonly EpcisEvent[],
    translation: Translation,
  ): Promise<VocabularyGroup[]> {
    const ids = [...productsIn(events), ...placesIn(events)];
    const groups = await this.masterData.vocabularyList(sender, ids);
    return groups.map((group) => ({
      ...group,
      vocabularyElementList: (group.vocabularyElementList ?? []).map(({ id, attributes = [] }) => ({
        id: translateIdentifier(id, translation),
        attributes: attributes.filter((attribute) => ATTRIBUTES.has(attribute.id)),
      })),
    }));
  }
}

const ATTRIBUTES: ReadonlySet<string> = new Set(
  [...PRODUCT_ATTRIBUTES, ...PLACE_ATTRIBUTES].map((name) => CBV_MDA + name),
);

/** Everything of it follows from the event and what is known: asked for again, the document is the same. */
function headerOf(
  shipping: EpcisEvent,
  vocabularyList: readonly VocabularyGroup[],
  statement: ReturnType<typeof statementIn>,
): DocumentHeader {
  const parties = <Entry extends { type: string }>(list: readonly Entry[] = [], idOf: (entry: Entry) => string) => {
    const byType = (type: string) => list.find((entry) => toBareWord('sourceDestinationType', entry.type) === type);
    const found = byType('owning_party') ?? byType('possessing_party') ?? byType('location');
    return found === undefined ? undefined : idOf(found);
  };
  const sender = parties(shipping.sourceList, ({ source }) => source);
  const receiver = parties(shipping.destinationList, ({ destination }) => destination);
  return {
    '@context': [...DOCUMENT_CONTEXT, { gs1ushc: GS1_US_HC }],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: shipping.recordTime ?? shipping.eventTime,
    instanceIdentifier: shipping.eventID!,
    ...(sender !== undefined && { sender }),
    ...(receiver !== undefined && { receiver }),
    epcisHeader: {
      ...(vocabularyList.length > 0 && { epcisMasterData: { vocabularyList } }),
      ...(statement !== undefined && statementBlock(statement)),
    },
  };
}
