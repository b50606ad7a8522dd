// Command cosigned checks a proof of c2sp.org/tlog-proof with code by others: the note formats and policies of
// transparency-dev, the Merkle proofs of golang.org/x/mod. It prints what it found, a line each, and fails on anything
// that does not hold.
//
//	cosigned PROOF POLICY ENTRY VKEY...
package main

import (
	"fmt"
	"log"
	"os"

	formatlog "github.com/transparency-dev/formats/log"
	formatnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/formats/witness"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	log.SetFlags(0)
	var p proof.TLogProof
	check(p.Unmarshal(read(os.Args[1])))
	policy, err := witness.ParsePolicy(read(os.Args[2]))
	check(err)

	var verifiers []note.Verifier
	for _, vkey := range os.Args[4:] {
		v, err := formatnote.NewVerifier(vkey)
		check(err)
		verifiers = append(verifiers, v)
	}
	n, err := note.Open(p.Checkpoint, note.VerifierList(verifiers...))
	check(err)
	for _, sig := range n.Sigs {
		fmt.Printf("signed by %s %08x\n", sig.Name, sig.Hash)
	}
	fmt.Printf("quorum %v\n", policy.Satisfied(p.Checkpoint))

	var checkpoint formatlog.Checkpoint
	_, err = checkpoint.Unmarshal([]byte(n.Text))
	check(err)
	hashes := make([]tlog.Hash, len(p.Hashes))
	for i, hash := range p.Hashes {
		hashes[i] = tlog.Hash(hash)
	}
	leaf := tlog.RecordHash(read(os.Args[3]))
	check(tlog.CheckRecord(hashes, int64(checkpoint.Size), tlog.Hash(checkpoint.Hash), int64(p.Index), leaf))
	fmt.Printf("entry %d of %d\n", p.Index, checkpoint.Size)
}

func read(path string) []byte {
	bytes, err := os.ReadFile(path)
	check(err)
	return bytes
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
