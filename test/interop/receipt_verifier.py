"""A second verifier of docs/formats/receipt.md, written from that page with Python's standard library only.

Reads {"trust": text, "receipts": [text, ...]} from standard input, and writes for every receipt the list of
[link, holds or null] as JSON, or the string "refused".
"""
import base64, datetime, hashlib, json, re, struct, sys


class Refused(Exception):
    pass


def need(condition):
    if not condition:
        raise Refused


def sha256(data):
    return hashlib.sha256(data).digest()


# Keccak-256 (FIPS 202 with the padding of the Keccak submission).
MASK = (1 << 64) - 1
ROUNDS = [1, 0x8082, 0x800000000000808A, 0x8000000080008000, 0x808B, 0x80000001, 0x8000000080008081,
          0x8000000000008009, 0x8A, 0x88, 0x80008009, 0x8000000A, 0x8000808B, 0x800000000000008B,
          0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x800A,
          0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x80000001, 0x8000000080008008]


def rotate(lane, by):
    return ((lane << by) | (lane >> (64 - by))) & MASK if by else lane


def permute(a):
    for constant in ROUNDS:
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        d = [c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1) for x in range(5)]
        a = [a[i] ^ d[i % 5] for i in range(25)]
        b, x, y, lane = [0] * 25, 1, 0, a[1]
        b[0] = a[0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            b[x + 5 * y], lane = rotate(lane, (t + 1) * (t + 2) // 2 % 64), a[x + 5 * y]
        a = [b[i] ^ (~b[i - i % 5 + (i + 1) % 5] & b[i - i % 5 + (i + 2) % 5]) for i in range(25)]
        a[0] ^= constant
    return a


def keccak(data):
    data += b"\x01" + b"\x00" * (135 - len(data) % 136)
    data = data[:-1] + bytes([data[-1] | 0x80])
    state = [0] * 25
    for at in range(0, len(data), 136):
        for i, lane in enumerate(struct.unpack("<17Q", data[at:at + 136])):
            state[i] ^= lane
        state = permute(state)
    return struct.pack("<4Q", *state[:4])


# Ed25519 (RFC 8032 section 5.1).
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    s, t = (a[1] - a[0]) * (b[1] - b[0]), (a[1] + a[0]) * (b[1] + b[0])
    u, v = 2 * a[3] * b[3] * D, 2 * a[2] * b[2]
    e, f, g, h = t - s, v - u, v + u, t + s
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(k, point):
    out = (0, 1, 1, 0)
    while k:
        if k & 1:
            out = add(out, point)
        point, k = add(point, point), k >> 1
    return out


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    need(y < P)
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    need((x * x - xx) % P == 0 and not (x == 0 and sign))
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(key, message, signature):
    try:
        need(len(signature) == 64 and len(key) == 32)
        a, r, s = decompress(key), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
        need(s < Q)
        h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
        left, right = times(s, BASE), add(r, times(h, a))
        return (left[0] * right[2] - right[0] * left[2]) % P == 0 == (left[1] * right[2] - right[1] * left[2]) % P
    except Refused:
        return False


# Canonical JSON (RFC 8785), and JSON in which no member comes twice.
def canonical(value):
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, str):
        need(not re.search("[\ud800-\udfff]", value))
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        need(value == value and abs(value) < 1e21 and value == int(value))
        return str(int(value))
    return json.dumps(value)


def no_repeats(pairs):
    need(len({name for name, _ in pairs}) == len(pairs))
    return dict(pairs)


def parse(text):
    try:
        return json.loads(text, object_pairs_hook=no_repeats, parse_constant=lambda _: need(False))
    except (ValueError, RecursionError):
        raise Refused


# Forms of receipt.md, "Members".
def members(value, *names, optional=()):
    need(isinstance(value, dict) and set(names) <= set(value) <= set(names) | set(optional))
    return value


def count(value):
    if isinstance(value, float) and value == int(value):
        value = int(value)
    need(type(value) is int and 0 <= value < 2**53)
    return value


def text(value, pattern=r"[\s\S]*"):
    need(isinstance(value, str) and re.fullmatch(pattern, value))
    return value


def many(value, read, most):
    need(isinstance(value, list) and len(value) <= most)
    return [read(member) for member in value]


def decode64(value):
    text(value, r"[A-Za-z0-9+/]*={0,2}")
    try:
        data = base64.b64decode(value, validate=True)
    except ValueError:
        raise Refused
    need(base64.b64encode(data).decode() == value)
    return data


def hash32(value):
    data = decode64(value)
    need(len(data) == 32)
    return data


def sized(most):
    def read(value):
        data = decode64(value)
        need(len(data) <= most)
        return data
    return read


def unhex(length):
    return lambda value: bytes.fromhex(text(value, "0x[0-9a-f]{%d}" % (2 * length))[2:])


def disclosure(value):
    need(isinstance(value, list) and len(value) == 3)
    text(value[0], "[A-Za-z0-9_-]{21}[AQgw]")
    text(value[1])
    canonical(value)
    return value


def moment(value):
    text(value, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    try:
        time = datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Refused
    need(time.timestamp() >= 0)
    return int(time.timestamp())


def read_anchor(value):
    members(value, "chainId", "contract", "logId", "size", "root", "transaction", "block",
            optional=("consistency", "state"))
    block = members(value["block"], "number", "hash", "time")
    state = value.get("state")
    if "state" in value:
        members(state, "header", "account", "root", "size")
        nodes = {name: many(state[name], sized(1024), 65) for name in ("account", "root", "size")}
        state = dict(nodes, header=sized(4096)(state["header"]))
    consistency = many(value.get("consistency", []), hash32, 64)
    need("consistency" not in value or consistency)
    unhex(32)(value["transaction"])
    return dict(
        chain=count(value["chainId"]), contract=unhex(20)(value["contract"]), log=unhex(32)(value["logId"]),
        size=count(value["size"]), root=unhex(32)(value["root"]), number=count(block["number"]),
        hash=unhex(32)(block["hash"]), time=moment(block["time"]), consistency=consistency, state=state)


def read_receipt(source):
    need(len(source) <= 2**24)
    top = members(parse(source), "format", "event", "log", "anchors")
    need(top["format"] == "halisi-receipt/v1")
    event = members(top["event"], "commitment", "shape", "disclosures", "proof")
    need(event_tree(text(event["shape"])) is not None)
    log = members(top["log"], "origin", "index", "proof", "checkpoint")
    return dict(
        event=dict(commitment=hash32(event["commitment"]), shape=event["shape"],
                   disclosures=many(event["disclosures"], disclosure, 10**6),
                   proof=many(event["proof"], hash32, 2 * 10**6)),
        log=dict(origin=text(log["origin"]), index=count(log["index"]), proof=many(log["proof"], hash32, 64),
                 checkpoint=text(log["checkpoint"])),
        anchors=many(top["anchors"], read_anchor, 16))


# Trees (RFC 6962; the algorithms of RFC 9162 section 2.1).
def node(left, right):
    return sha256(b"\x01" + left + right)


def event_tree(shape):
    """The tree of a shape: "h", "d", or a pair. Children are on the stack before their parent, read backwards."""
    stack = []
    for letter in reversed(shape):
        if letter == "n":
            need(len(stack) >= 2)
            stack.append((stack.pop(), stack.pop()))
        else:
            need(letter in "hd")
            stack.append(letter)
    need(len(stack) == 1)
    return stack[0]


def event_root(shape, leaves, proof):
    leaves, proof = list(leaves), list(proof)

    def walk(tree, depth):
        if tree == "h":
            need(proof)
            return proof.pop(0)
        if tree == "d":
            need(leaves)
            return leaves.pop(0)
        need(tree != ("h", "h") and depth < 64)
        left = walk(tree[0], depth + 1)
        return node(left, walk(tree[1], depth + 1))

    tree = event_tree(shape)
    need(tree != "h")
    root = walk(tree, 0)
    need(not proof and not leaves)
    return root


def included(index, size, leaf, proof, root):
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistent(first, first_root, second, second_root, proof):
    if first == second:
        return first_root == second_root and not proof
    if first == 0 or first > second or not proof:
        return False
    path = ([first_root] if first & (first - 1) == 0 else []) + proof
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


# Signed notes (c2sp.org/signed-note), checkpoints, cosignatures and policies.
def is_name(name):
    return name != "" and not re.search(r"[\s+\x00-\x1f\x7f-\x9f]", name)


def read_note(note):
    need(not re.search("[\x00-\x09\x0b-\x1f\ud800-\udfff]", note) and "\n\n" in note and note.endswith("\n"))
    body, _, lines = note.rpartition("\n\n")
    signatures = []
    lines = lines.split("\n")[:-1]
    need(0 < len(lines) <= 100)
    for line in lines:
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014" and is_name(parts[1]))
        data = decode64(parts[2])
        need(len(data) > 4)
        signatures.append((parts[1], data[:4], data[4:]))
    return body + "\n", signatures


def read_checkpoint(log):
    body, signatures = read_note(log["checkpoint"])
    lines = body.split("\n")[:-1]
    need(len(lines) >= 3 and "" not in lines and lines[0] == log["origin"])
    size = int(text(lines[1], "0|[1-9][0-9]{0,15}"))
    return dict(size=count(size), root=hash32(lines[2]), body=body.encode(), signatures=signatures)


def read_key(vkey):
    name, key_id, encoded = vkey.split("+", 2)
    data = decode64(encoded)
    need(sha256(name.encode() + b"\n" + data)[:4].hex() == key_id and data[0] in (1, 4))
    return name, bytes.fromhex(key_id), data[0], data[1:]


def signed(key, body, signature):
    if key[2] == 1:
        return ed25519(key[3], body, signature)
    time = int.from_bytes(signature[:8], "big")
    message = b"cosignature/v1\ntime %d\n" % time + body
    return len(signature) == 72 and time < 2**63 and ed25519(key[3], message, signature[8:])


def signers(keys, checkpoint):
    """The keys that signed; refused if a signature by one of them is wrong."""
    found = []
    for name, key_id, signature in checkpoint["signatures"]:
        for key in keys:
            if key[:2] == (name, key_id):
                need(signed(key, checkpoint["body"], signature))
                found.append(key)
    return found


def quorum_met(policy, checkpoint):
    keys, groups, quorum = {}, [], None
    for line in policy.split("\n"):
        words = line.split()
        if words[:1] == ["witness"]:
            keys[words[1]] = read_key(words[2])
        elif words[:1] == ["group"]:
            groups.append((words[1], {"all": len(words) - 3, "any": 1}.get(words[2]) or int(words[2]), words[3:]))
        elif words[:1] == ["quorum"]:
            quorum = words[1]
    good = signers(list(keys.values()), checkpoint)
    met = {"none"} | {name for name, key in keys.items() if key in good}
    for name, threshold, names in groups:
        if sum(member in met for member in names) >= threshold:
            met.add(name)
    return quorum in met


# The state proof.
def rlp(data):
    item, rest = rlp_item(data)
    need(rest == b"")
    return item


def rlp_item(data, depth=0):
    need(data and depth < 17)
    first = data[0]
    if first < 0x80:
        return data[:1], data[1:]
    base = 0xC0 if first >= 0xC0 else 0x80
    length, start = first - base, 1
    if length > 55:
        start += length - 55
        need(len(data) >= start and data[1] != 0)
        length = int.from_bytes(data[1:start], "big")
        need(length > 55)
    need(len(data) >= start + length)
    content, rest = data[start:start + length], data[start + length:]
    if base == 0x80:
        need(not (length == 1 and content[0] < 0x80))
        return content, rest
    items = []
    while content:
        item, content = rlp_item(content, depth + 1)
        items.append(item)
    return items, rest


def number(data):
    need(isinstance(data, bytes) and data[:1] != b"\x00")
    return int.from_bytes(data, "big")


def walk_trie(root, key, nodes):
    path, nodes, child = keccak(key).hex(), list(nodes), root
    while True:
        if isinstance(child, bytes):
            need(len(child) == 32 and nodes and keccak(nodes[0]) == child)
            child = rlp(nodes.pop(0))
            need(isinstance(child, list))
        if len(child) == 17:
            child, path = child[int(path[0], 16)], path[1:]
            continue
        need(len(child) == 2 and isinstance(child[0], bytes) and child[0])
        prefix = child[0].hex()
        flags = int(prefix[0], 16)
        need(flags < 4 and (flags & 1 or prefix[1] == "0"))
        part = prefix[1:] if flags & 1 else prefix[2:]
        need(path.startswith(part))
        path = path[len(part):]
        if flags & 2:
            need(path == "" and not nodes and isinstance(child[1], bytes) and child[1])
            return child[1]
        need(part)
        child = child[1]


def slot(storage, key, nodes):
    value = rlp(walk_trie(storage, key.to_bytes(32, "big"), nodes))
    need(isinstance(value, bytes) and 0 < len(value) <= 32 and value[0] != 0)
    return value.rjust(32, b"\x00")


def state_shows(anchor):
    state = anchor["state"]
    header = rlp(state["header"])
    need(isinstance(header, list) and len(header) >= 15 and all(isinstance(item, bytes) for item in header))
    account = rlp(walk_trie(header[3], anchor["contract"], state["account"]))
    need(isinstance(account, list) and len(account) == 4)
    base = int.from_bytes(keccak(anchor["log"] + bytes(32)), "big")
    root = slot(account[2], base, state["root"])
    packed = slot(account[2], (base + 1) % 2**256, state["size"])
    shown = (keccak(state["header"]), number(header[8]), number(header[11]), root, int.from_bytes(packed[4:12], "big"))
    need(shown == (anchor["hash"], anchor["number"], anchor["time"], anchor["root"], anchor["size"]))


# The links of receipt.md, "Check".
def holds(work):
    try:
        return work() is not False
    except Refused:
        return False


def check(receipt, trust):
    event, log = receipt["event"], receipt["log"]
    trusted = next((one for one in trust["logs"] if one["origin"] == log["origin"]), None)
    try:
        checkpoint = read_checkpoint(log)
    except Refused:
        checkpoint = None

    def disclosures():
        shown = event["disclosures"]
        need(len(shown) == len({name for _, name, _ in shown}))
        leaves = [sha256(b"\x00" + canonical(one).encode()) for one in shown]
        return event_root(event["shape"], leaves, event["proof"]) == event["commitment"]

    def log_key():
        need(trusted and checkpoint)
        return signers([read_key(vkey) for vkey in trusted["keys"]], checkpoint) != []

    leaf = sha256(b"\x00\x01" + event["commitment"])
    links = [
        ["disclosures", holds(disclosures)],
        ["log-inclusion", checkpoint is not None
         and included(log["index"], checkpoint["size"], leaf, log["proof"], checkpoint["root"])],
        ["checkpoint", checkpoint is not None],
        ["log-key", holds(log_key)],
        ["witnesses", holds(lambda: need(checkpoint) or quorum_met(trusted["policy"], checkpoint))
         if trusted and "policy" in trusted else None],
    ]
    if not receipt["anchors"]:
        links.append(["anchor", False])
    places = [(one["chainId"], one["contract"], one["logId"]) for one in (trusted or {}).get("anchors", [])]
    named = [(a["chain"], "0x" + a["contract"].hex(), "0x" + a["log"].hex()) for a in receipt["anchors"]]
    known = any(place in places for place in named)
    for anchor, place in zip(receipt["anchors"], named):
        blocks = [one["hash"] for one in (trusted or {}).get("blocks", [])
                  if (one["chainId"], one["number"]) == (anchor["chain"], anchor["number"])]
        state = anchor["state"] is not None
        wrong = bool(blocks) and "0x" + anchor["hash"].hex() not in blocks
        links += [
            ["anchor", checkpoint is not None and consistent(
                checkpoint["size"], checkpoint["root"], anchor["size"], anchor["root"], anchor["consistency"])],
            ["anchor-contract", True if place in places else None if known else False],
            ["anchor-state", holds(lambda: state_shows(anchor)) if state else None],
            ["block-known", False if wrong else True if blocks and state else None],
        ]
    return links


def verdict(source, trust):
    try:
        return check(read_receipt(source), trust)
    except Refused:
        return "refused"


if __name__ == "__main__":
    asked = json.loads(sys.stdin.buffer.read())
    json.dump([verdict(source, json.loads(asked["trust"])) for source in asked["receipts"]], sys.stdout)
