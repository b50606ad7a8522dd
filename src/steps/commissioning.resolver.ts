import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Allow, CurrentActor } from '../access/marks.js';
import { StepResult, stepResult } from '../capture/captured-event.model.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { isSerial, parseLot } from '../domain/gs1/lot-serial.js';
import { MAX_BATCH } from '../domain/custody/transitions.js';
import { Acting } from '../capture/acting.service.js';
import { CommissionInput } from './commissioning.input.js';
import { orderId } from './serials/order-id.js';
import { SerialNumbersService } from '../partners/serials/serial-numbers.service.js';
import { SerialsRefusedError } from '../partners/serials/serials-errors.js';
import { RequestRefusedError } from './step-refusals.js';

@Resolver()
export class CommissioningResolver {
  constructor(
    private readonly acting: Acting,
    private readonly serialNumbers: SerialNumbersService,
  ) {}

  @Allow('commission')
  @Mutation(() => StepResult, { description: 'Commissions packs: ObjectEvent ADD, commissioning, active.' })
  async commission(@CurrentActor() actor: Actor, @Args('input') input: CommissionInput): Promise<StepResult> {
    const gtin = parseGtin(input.gtin);
    const serials = await this.serialsOf(actor, gtin, input);
    const command = { step: 'commissioning' as const, gtin, lot: parseLot(input.lot), serials };
    return stepResult(await this.acting.take(actor, input, command));
  }

  private async serialsOf(actor: Actor, gtin: string, { serials, range }: CommissionInput): Promise<readonly string[]> {
    if ((serials == null) === (range == null)) {
      throw new RequestRefusedError('SERIALS_REQUIRED', 'Give either serials or a range of an order.');
    }
    if (serials != null) return checked(serials);
    const order = await this.serialNumbers.find(actor.organisationId, orderId(range!.order));
    if (order.gtin !== gtin) {
      throw new SerialsRefusedError(
        'ORDER_NOT_FOUND',
        `Your order ${order.id} is for GTIN ${order.gtin}, not ${gtin}.`,
      );
    }
    if (range!.count > MAX_BATCH) {
      throw new SerialsRefusedError('ORDER_RANGE_INVALID', `One event commissions at most ${MAX_BATCH} packs.`);
    }
    return this.serialNumbers.serials(order, range!.from, range!.count);
  }
}

function checked(serials: readonly string[]): readonly string[] {
  const invalid = serials.filter((serial) => !isSerial(serial));
  if (invalid.length === 0) return serials;
  const expected = '1 to 20 characters of GS1 set 82';
  const refusals = invalid.slice(0, 100).map((serial) => ({
    epc: serial.slice(0, 40),
    code: 'SERIAL_INVALID',
    message: `Expected a serial number of ${expected}, got ${JSON.stringify(serial.slice(0, 40))}.`,
  }));
  throw new RequestRefusedError('SERIAL_INVALID', refusals[0]!.message, { refusals });
}
