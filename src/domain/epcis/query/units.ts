/**
 * Units of UN/ECE Recommendation 20 by what they measure, each with its factor to the first of its group, and an offset where
 * zero is not zero: value in the first = (value + offset) * factor. Factors are exact by definition of the units.
 */
const GROUPS: readonly (readonly (readonly [code: string, factor: number, offset?: number])[])[] = [
  // Temperature, in kelvin.
  [
    ['KEL', 1],
    ['CEL', 1, 273.15],
    ['FAH', 5 / 9, 459.67],
    ['A48', 5 / 9],
  ],
  // Mass, in kilograms.
  [
    ['KGM', 1],
    ['GRM', 1e-3],
    ['DJ', 1e-2],
    ['DG', 1e-4],
    ['CGM', 1e-5],
    ['MGM', 1e-6],
    ['MC', 1e-9],
    ['HGM', 1e-1],
    ['TNE', 1e3],
    ['DTN', 1e2],
    ['LBR', 0.45359237],
    ['ONZ', 0.028349523125],
    ['STI', 6.35029318],
    ['STN', 907.18474],
    ['LTN', 1016.0469088],
    ['CWA', 45.359237],
    ['CWI', 50.80234544],
    ['GRN', 6.479891e-5],
  ],
  // Length, in metres.
  [
    ['MTR', 1],
    ['KMT', 1e3],
    ['DMT', 1e-1],
    ['CMT', 1e-2],
    ['MMT', 1e-3],
    ['4H', 1e-6],
    ['C45', 1e-9],
    ['INH', 0.0254],
    ['FOT', 0.3048],
    ['YRD', 0.9144],
    ['SMI', 1609.344],
    ['NMI', 1852],
  ],
  // Area, in square metres.
  [
    ['MTK', 1],
    ['KMK', 1e6],
    ['HAR', 1e4],
    ['DMK', 1e-2],
    ['CMK', 1e-4],
    ['MMK', 1e-6],
    ['INK', 0.00064516],
    ['FTK', 0.09290304],
    ['YDK', 0.83612736],
    ['MIK', 2589988.110336],
  ],
  // Volume, in cubic metres.
  [
    ['MTQ', 1],
    ['LTR', 1e-3],
    ['DMQ', 1e-3],
    ['HLT', 1e-1],
    ['DLT', 1e-4],
    ['CLT', 1e-5],
    ['MLT', 1e-6],
    ['CMQ', 1e-6],
    ['4G', 1e-9],
    ['MMQ', 1e-9],
    ['INQ', 1.6387064e-5],
    ['FTQ', 0.028316846592],
    ['YDQ', 0.764554857984],
    ['GLL', 0.003785411784],
    ['GLI', 0.00454609],
    ['QTL', 0.000946352946],
    ['QTI', 0.0011365225],
    ['PTL', 0.000473176473],
    ['PTI', 0.00056826125],
    ['OZA', 2.95735295625e-5],
    ['OZI', 2.84130625e-5],
  ],
  // Time, in seconds.
  [
    ['SEC', 1],
    ['C26', 1e-3],
    ['B98', 1e-6],
    ['C47', 1e-9],
    ['MIN', 60],
    ['HUR', 3600],
    ['DAY', 86400],
    ['WEE', 604800],
  ],
  // Speed, in metres a second.
  [
    ['MTS', 1],
    ['KMH', 1 / 3.6],
    ['2M', 1e-2],
    ['FS', 0.3048],
    ['HM', 0.44704],
    ['KNT', 1852 / 3600],
  ],
  // Acceleration, in metres a second squared.
  [
    ['MSK', 1],
    ['K40', 9.80665],
    ['A73', 0.3048],
    ['M38', 1e3],
  ],
  // Pressure, in pascals.
  [
    ['PAL', 1],
    ['A97', 1e2],
    ['KPA', 1e3],
    ['MPA', 1e6],
    ['MBR', 1e2],
    ['BAR', 1e5],
    ['ATM', 101325],
    ['ATT', 98066.5],
    ['HN', 133.322387415],
    ['PS', 6894.757293168],
  ],
  // Force, in newtons.
  [
    ['NEW', 1],
    ['B47', 1e3],
    ['B73', 1e6],
    ['DU', 1e-5],
    ['B37', 9.80665],
    ['C78', 4.4482216152605],
  ],
  // Energy, in joules.
  [
    ['JOU', 1],
    ['KJO', 1e3],
    ['3B', 1e6],
    ['WHR', 3600],
    ['KWH', 3.6e6],
    ['MWH', 3.6e9],
    ['BTU', 1055.05585262],
  ],
  // Power, in watts.
  [
    ['WTT', 1],
    ['C31', 1e-3],
    ['KWT', 1e3],
    ['MAW', 1e6],
  ],
  // Voltage, in volts.
  [
    ['VLT', 1],
    ['2Z', 1e-3],
    ['D82', 1e-6],
    ['KVT', 1e3],
  ],
  // Current, in amperes.
  [
    ['AMP', 1],
    ['4K', 1e-3],
    ['B84', 1e-6],
    ['B22', 1e3],
  ],
  // Resistance, in ohms.
  [
    ['OHM', 1],
    ['E45', 1e-3],
    ['B49', 1e3],
    ['B75', 1e6],
  ],
  // Frequency, in hertz.
  [
    ['HTZ', 1],
    ['KHZ', 1e3],
    ['MHZ', 1e6],
    ['A86', 1e9],
  ],
  // Angle, in radians.
  [
    ['C81', 1],
    ['DD', Math.PI / 180],
    ['D61', Math.PI / 10800],
    ['D62', Math.PI / 648000],
    ['C25', 1e-3],
  ],
  // Ratio, in units.
  [
    ['C62', 1],
    ['P1', 1e-2],
    ['NX', 1e-3],
    ['59', 1e-6],
    ['61', 1e-9],
  ],
  // Mass in a volume, in kilograms a cubic metre.
  [
    ['KMQ', 1],
    ['A93', 1e-3],
    ['GP', 1e-6],
    ['GQ', 1e-9],
    ['23', 1e3],
    ['GL', 1],
    ['M1', 1e-3],
    ['B35', 1e3],
  ],
  // Amount of substance in a volume, in moles a cubic metre.
  [
    ['C36', 1],
    ['C38', 1e3],
    ['M33', 1],
  ],
  // Illuminance, in lux.
  [
    ['LUX', 1],
    ['KLX', 1e3],
    ['P25', 10.763910416709722],
  ],
  // Radioactivity, in becquerels.
  [
    ['BQL', 1],
    ['2Q', 1e3],
    ['4N', 1e6],
    ['CUR', 3.7e10],
  ],
  // Absorbed and equivalent dose, in grays and sieverts, each by itself.
  [
    ['A95', 1],
    ['C13', 1e-3],
  ],
  [
    ['D13', 1],
    ['C28', 1e-3],
  ],
  // Data, in bytes.
  [
    ['AD', 1],
    ['A99', 1 / 8],
    ['2P', 1e3],
    ['4L', 1e6],
  ],
];

interface Unit {
  readonly group: number;
  readonly factor: number;
  readonly offset: number;
}

const UNITS: ReadonlyMap<string, Unit> = new Map(
  GROUPS.flatMap((units, group) =>
    units.map(([code, factor, offset = 0]): [string, Unit] => [code, { group, factor, offset }]),
  ),
);

/**
 * A value of one unit in another of the same measurement; undefined where they do not measure the same. A `difference` (as a
 * standard deviation) has no zero to shift. Units that are not in the table convert to themselves alone.
 */
export function converted(value: number, from: string, to: string, difference = false): number | undefined {
  if (from === to) return value;
  const [source, target] = [UNITS.get(from), UNITS.get(to)];
  if (source === undefined || target?.group !== source.group) return undefined;
  const shift = difference ? 0 : source.offset;
  const unshift = difference ? 0 : target.offset;
  // To fifteen digits, as far as a number is exact: 41 degrees Fahrenheit are 5 degrees Celsius.
  return Number((((value + shift) * source.factor) / target.factor - unshift).toPrecision(12));
}
