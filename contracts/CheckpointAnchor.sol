// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title CheckpointAnchor
/// @notice Keeps the newest tree head of any number of RFC 6962 (SHA-256) logs, and takes a new one only with a proof
/// that it extends the last. Whoever steals a publisher's key can append to that log, and cannot rewrite it.
/// @dev No owner, no upgrade, no admin, no funds. A log's id begins with the address that first anchors it, so nobody
/// can take an id before its publisher does:
///
///     logId = bytes20(first publisher) || first 12 bytes of SHA-256(origin line of the checkpoint, UTF-8)
///
/// Only the first 20 bytes are checked here; the rest tells one publisher's logs apart. The id stays when the log is
/// handed to another publisher.
contract CheckpointAnchor {
    /// @notice The newest anchored tree head of a log. `size` is 0 for a log that was never anchored.
    /// @param root Root over the first `size` leaves.
    /// @param publisher The one address that may anchor the log.
    /// @param size Leaves; it never falls.
    /// @param anchoredAt Block time at which this head came, in seconds since 1970, modulo 2^32 (until 2106 as it is).
    struct Head {
        bytes32 root;
        address publisher;
        uint64 size;
        uint32 anchoredAt;
    }

    /// @notice A log has a new head.
    /// @param logId The log.
    /// @param size Its leaves.
    /// @param root Root over them.
    event Anchored(bytes32 indexed logId, uint64 indexed size, bytes32 root);
    /// @notice The publisher offers a log to another address; the zero address takes an offer back.
    /// @param logId The log.
    /// @param publisher Who offers it, and stays its publisher until it is accepted.
    /// @param successor Who may accept.
    event RotationOffered(bytes32 indexed logId, address indexed publisher, address indexed successor);
    /// @notice A log has a new publisher.
    /// @param logId The log.
    /// @param previous Who may anchor it no more.
    /// @param publisher Who may from now on.
    event Rotated(bytes32 indexed logId, address indexed previous, address indexed publisher);

    /// @notice The sender is not the log's publisher; for a log never anchored: not the address its id begins with.
    /// @param logId The log.
    /// @param sender Who sent the transaction.
    error NotPublisher(bytes32 logId, address sender);
    /// @notice The sender was not offered the log.
    /// @param logId The log.
    /// @param sender Who sent the transaction.
    error NotSuccessor(bytes32 logId, address sender);
    /// @notice A log is anchored from its first leaf on.
    /// @param logId The log.
    error EmptyTree(bytes32 logId);
    /// @notice The size is below the anchored one.
    /// @param logId The log.
    /// @param anchored Leaves of the anchored tree.
    /// @param size Leaves of the refused one.
    error Shrunk(bytes32 logId, uint64 anchored, uint64 size);
    /// @notice The size is the anchored one and the root is another.
    /// @param logId The log.
    /// @param size Leaves of both trees.
    /// @param anchored Root of the anchored one.
    /// @param root Root of the refused one.
    error Forked(bytes32 logId, uint64 size, bytes32 anchored, bytes32 root);
    /// @notice The proof does not show that the new tree extends the anchored one.
    /// @param logId The log.
    /// @param anchored Leaves of the anchored tree.
    /// @param size Leaves of the refused one.
    error Inconsistent(bytes32 logId, uint64 anchored, uint64 size);

    /// @notice The newest head of a log.
    mapping(bytes32 logId => Head) public heads;
    /// @notice The address that a log is offered to, or zero.
    mapping(bytes32 logId => address) public successors;

    /// @notice Anchors a tree head. The first head of a log needs no proof and fixes its publisher; every later one
    /// needs the publisher and an RFC 6962 consistency proof. The anchored head again changes nothing and is no error,
    /// so that a transaction may be sent twice.
    /// @param logId See the contract's note.
    /// @param size Leaves of the new tree; at least 1.
    /// @param root Its root.
    /// @param consistencyProof RFC 6962 section 2.1.2, from the anchored size to `size`; empty for the first head and
    /// for the anchored one again.
    function anchor(bytes32 logId, uint64 size, bytes32 root, bytes32[] calldata consistencyProof) external {
        Head storage head = heads[logId];
        address publisher = head.publisher;
        uint64 anchored = head.size;
        if (publisher == address(0)) {
            if (address(bytes20(logId)) != msg.sender) revert NotPublisher(logId, msg.sender);
            if (size == 0) revert EmptyTree(logId);
            if (consistencyProof.length != 0) revert Inconsistent(logId, 0, size);
        } else {
            if (publisher != msg.sender) revert NotPublisher(logId, msg.sender);
            if (size < anchored) revert Shrunk(logId, anchored, size);
            bytes32 anchoredRoot = head.root;
            if (size == anchored) {
                if (root != anchoredRoot) revert Forked(logId, size, anchoredRoot, root);
                if (consistencyProof.length != 0) revert Inconsistent(logId, anchored, size);
                return;
            }
            if (!_consistent(anchored, anchoredRoot, size, root, consistencyProof)) {
                revert Inconsistent(logId, anchored, size);
            }
        }
        head.root = root;
        (head.publisher, head.size, head.anchoredAt) = (msg.sender, size, uint32(block.timestamp));
        emit Anchored(logId, size, root);
    }

    /// @notice Offers a log to a new publisher key, which must accept: a mistyped address cannot orphan a log. Until
    /// then the sender stays the publisher.
    /// @param logId The log.
    /// @param newPublisher Who may accept; the zero address takes an offer back.
    function rotate(bytes32 logId, address newPublisher) external {
        if (heads[logId].publisher != msg.sender) revert NotPublisher(logId, msg.sender);
        successors[logId] = newPublisher;
        emit RotationOffered(logId, msg.sender, newPublisher);
    }

    /// @notice Takes over a log that was offered to the sender.
    /// @param logId The log.
    function acceptRotation(bytes32 logId) external {
        if (successors[logId] != msg.sender) revert NotSuccessor(logId, msg.sender);
        address previous = heads[logId].publisher;
        delete successors[logId];
        heads[logId].publisher = msg.sender;
        emit Rotated(logId, previous, msg.sender);
    }

    /// @notice Whether a leaf is in the newest anchored tree of a log.
    /// @param logId The log.
    /// @param index The leaf's index, from 0.
    /// @param leafHash SHA-256(0x00 || entry).
    /// @param proof RFC 6962 section 2.1.1, for the anchored size.
    /// @return Whether it is; false for a log that was never anchored.
    function verifyInclusion(bytes32 logId, uint64 index, bytes32 leafHash, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return _included(heads[logId].root, heads[logId].size, index, leafHash, proof);
    }

    /// @notice Whether a leaf is in the tree with this size and root.
    /// @param root The tree's root.
    /// @param size Its leaves.
    /// @param index The leaf's index, from 0.
    /// @param leafHash SHA-256(0x00 || entry).
    /// @param proof RFC 6962 section 2.1.1.
    /// @return Whether it is.
    function provesInclusion(bytes32 root, uint64 size, uint64 index, bytes32 leafHash, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return _included(root, size, index, leafHash, proof);
    }

    /// @notice Whether a tree extends another. Equal sizes need equal roots and no proof; nothing is consistent with
    /// an empty tree but itself.
    /// @param oldSize Leaves of the old tree.
    /// @param oldRoot Its root.
    /// @param newSize Leaves of the new tree.
    /// @param newRoot Its root.
    /// @param proof RFC 6962 section 2.1.2.
    /// @return Whether it does.
    function provesConsistency(
        uint64 oldSize,
        bytes32 oldRoot,
        uint64 newSize,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) external view returns (bool) {
        if (oldSize == newSize) return oldRoot == newRoot && proof.length == 0;
        if (oldSize == 0 || oldSize > newSize) return false;
        return _consistent(oldSize, oldRoot, newSize, newRoot, proof);
    }

    /// @dev RFC 9162 section 2.1.4.2 for 0 < oldSize < newSize. `fn` and `sn` are the RFC's names. Memory from the
    /// free pointer: 0x1f bytes unused, the node prefix 0x01, left, right. A precompile that fails, or is not there,
    /// makes the answer false: success and 32 returned bytes are both asked for (Yul evaluates arguments last to first,
    /// so the call runs before `returndatasize` is read).
    function _consistent(
        uint64 oldSize,
        bytes32 oldRoot,
        uint64 newSize,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) private view returns (bool ok) {
        assembly ("memory-safe") {
            let m := mload(0x40)
            let input := add(m, 0x1f)
            let left := add(m, 0x20)
            let right := add(m, 0x40)
            mstore(m, 1)

            let fn := sub(oldSize, 1)
            let sn := sub(newSize, 1)
            for {} and(fn, 1) {} {
                fn := shr(1, fn)
                sn := shr(1, sn)
            }

            let at := proof.offset
            let end := add(at, shl(5, proof.length))
            let fr := oldRoot
            // An old tree that is not one perfect subtree is not among the nodes of the new one: the proof begins
            // with the subtree from which both are built. Without it (`at` beyond `end`) the answer stays false.
            if fn {
                fr := calldataload(at)
                at := add(at, 0x20)
            }
            let sr := fr
            ok := iszero(gt(at, end))

            for {} lt(at, end) { at := add(at, 0x20) } {
                if iszero(sn) {
                    ok := 0
                    break
                }
                let c := calldataload(at)
                if eq(fn, sn) {
                    // The ragged right edge: a node without a sibling is its own parent.
                    for {} iszero(and(fn, 1)) {} {
                        fn := shr(1, fn)
                        sn := shr(1, sn)
                    }
                }
                switch and(fn, 1)
                case 1 {
                    mstore(left, c)
                    mstore(right, fr)
                    ok := and(ok, and(eq(returndatasize(), 0x20), staticcall(gas(), 2, input, 0x41, right, 0x20)))
                    let f := mload(right)
                    mstore(right, sr)
                    ok := and(ok, and(eq(returndatasize(), 0x20), staticcall(gas(), 2, input, 0x41, right, 0x20)))
                    fr := f
                    sr := mload(right)
                }
                default {
                    mstore(left, sr)
                    mstore(right, c)
                    ok := and(ok, and(eq(returndatasize(), 0x20), staticcall(gas(), 2, input, 0x41, right, 0x20)))
                    sr := mload(right)
                }
                fn := shr(1, fn)
                sn := shr(1, sn)
            }
            ok := and(and(ok, iszero(sn)), and(eq(fr, oldRoot), eq(sr, newRoot)))
        }
    }

    /// @dev RFC 9162 section 2.1.3.2. Names and memory as in `_consistent`.
    function _included(bytes32 root, uint64 size, uint64 index, bytes32 leafHash, bytes32[] calldata proof)
        private
        view
        returns (bool ok)
    {
        if (index >= size) return false;
        assembly ("memory-safe") {
            let m := mload(0x40)
            let input := add(m, 0x1f)
            let left := add(m, 0x20)
            let right := add(m, 0x40)
            mstore(m, 1)

            let fn := index
            let sn := sub(size, 1)
            let r := leafHash
            ok := 1
            let end := add(proof.offset, shl(5, proof.length))
            for { let at := proof.offset } lt(at, end) { at := add(at, 0x20) } {
                if iszero(sn) {
                    ok := 0
                    break
                }
                if eq(fn, sn) {
                    for {} iszero(and(fn, 1)) {} {
                        fn := shr(1, fn)
                        sn := shr(1, sn)
                    }
                }
                switch and(fn, 1)
                case 1 {
                    mstore(left, calldataload(at))
                    mstore(right, r)
                }
                default {
                    mstore(left, r)
                    mstore(right, calldataload(at))
                }
                ok := and(ok, and(eq(returndatasize(), 0x20), staticcall(gas(), 2, input, 0x41, right, 0x20)))
                r := mload(right)
                fn := shr(1, fn)
                sn := shr(1, sn)
            }
            ok := and(and(ok, iszero(sn)), eq(r, root))
        }
    }
}
