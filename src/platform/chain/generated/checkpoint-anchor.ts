// Written by contracts/build.ts (npm run contracts:build).

export const checkpointAnchorAbi = [
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      }
    ],
    "name": "EmptyTree",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "size",
        "type": "uint64"
      },
      {
        "internalType": "bytes32",
        "name": "anchored",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      }
    ],
    "name": "Forked",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "anchored",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "size",
        "type": "uint64"
      }
    ],
    "name": "Inconsistent",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "sender",
        "type": "address"
      }
    ],
    "name": "NotPublisher",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "sender",
        "type": "address"
      }
    ],
    "name": "NotSuccessor",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "anchored",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "size",
        "type": "uint64"
      }
    ],
    "name": "Shrunk",
    "type": "error"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "uint64",
        "name": "size",
        "type": "uint64"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      }
    ],
    "name": "Anchored",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "previous",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "publisher",
        "type": "address"
      }
    ],
    "name": "Rotated",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "publisher",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "successor",
        "type": "address"
      }
    ],
    "name": "RotationOffered",
    "type": "event"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      }
    ],
    "name": "acceptRotation",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "size",
        "type": "uint64"
      },
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32[]",
        "name": "consistencyProof",
        "type": "bytes32[]"
      }
    ],
    "name": "anchor",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      }
    ],
    "name": "heads",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "publisher",
        "type": "address"
      },
      {
        "internalType": "uint64",
        "name": "size",
        "type": "uint64"
      },
      {
        "internalType": "uint32",
        "name": "anchoredAt",
        "type": "uint32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint64",
        "name": "oldSize",
        "type": "uint64"
      },
      {
        "internalType": "bytes32",
        "name": "oldRoot",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "newSize",
        "type": "uint64"
      },
      {
        "internalType": "bytes32",
        "name": "newRoot",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32[]",
        "name": "proof",
        "type": "bytes32[]"
      }
    ],
    "name": "provesConsistency",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "size",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "index",
        "type": "uint64"
      },
      {
        "internalType": "bytes32",
        "name": "leafHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32[]",
        "name": "proof",
        "type": "bytes32[]"
      }
    ],
    "name": "provesInclusion",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "newPublisher",
        "type": "address"
      }
    ],
    "name": "rotate",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      }
    ],
    "name": "successors",
    "outputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "index",
        "type": "uint64"
      },
      {
        "internalType": "bytes32",
        "name": "leafHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32[]",
        "name": "proof",
        "type": "bytes32[]"
      }
    ],
    "name": "verifyInclusion",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  }
] as const;

export const checkpointAnchorBytecode = "0x6080604052348015600f57600080fd5b50610d2c8061001f6000396000f3fe608060405234801561001057600080fd5b50600436106100885760003560e01c8063a6c621a81161005b578063a6c621a8146101f7578063b4bcb0941461020a578063cca367731461021d578063eed961581461023057600080fd5b80630d97b0ff1461008d5780630ddb6161146101645780631a66d1251461017957806386d9c9a81461019c575b600080fd5b61011561009b366004610b4a565b6000602081905290815260409020805460019091015473ffffffffffffffffffffffffffffffffffffffff81169074010000000000000000000000000000000000000000810467ffffffffffffffff16907c0100000000000000000000000000000000000000000000000000000000900463ffffffff1684565b6040805194855273ffffffffffffffffffffffffffffffffffffffff909316602085015267ffffffffffffffff9091169183019190915263ffffffff1660608201526080015b60405180910390f35b610177610172366004610b4a565b610243565b005b61018c610187366004610bcc565b610346565b604051901515815260200161015b565b6101d26101aa366004610b4a565b60016020526000908152604090205473ffffffffffffffffffffffffffffffffffffffff1681565b60405173ffffffffffffffffffffffffffffffffffffffff909116815260200161015b565b61018c610205366004610c34565b610396565b61018c610218366004610cac565b610417565b61017761022b366004610ce3565b610427565b61017761023e366004610bcc565b61050f565b60008181526001602052604090205473ffffffffffffffffffffffffffffffffffffffff1633146102ae576040517fbbea8abe000000000000000000000000000000000000000000000000000000008152600481018290523360248201526044015b60405180910390fd5b6000818152602081815260408083206001908101805491845282852080547fffffffffffffffffffffffff000000000000000000000000000000000000000090811690915593859052805433941684179055905173ffffffffffffffffffffffffffffffffffffffff90911692839185917f8c41dbcc7842f85abe8a62fe180b01ab19c0795c797bf0167c3d023d303a694391a45050565b6000858152602081905260408120805460019091015461038c919074010000000000000000000000000000000000000000900467ffffffffffffffff168787878761092e565b9695505050505050565b60008467ffffffffffffffff168767ffffffffffffffff16036103c75783861480156103c0575081155b905061038c565b67ffffffffffffffff871615806103f157508467ffffffffffffffff168767ffffffffffffffff16115b156103fe5750600061038c565b61040c878787878787610a1c565b979650505050505050565b600061040c87878787878761092e565b60008281526020819052604090206001015473ffffffffffffffffffffffffffffffffffffffff163314610490576040517ff02cd7ac000000000000000000000000000000000000000000000000000000008152600481018390523360248201526044016102a5565b60008281526001602052604080822080547fffffffffffffffffffffffff00000000000000000000000000000000000000001673ffffffffffffffffffffffffffffffffffffffff851690811790915590519091339185917f4ae10478f563caaffe551a1df0cb9ff822b36edf1936c1c2be111ffc1b40a93891a45050565b6000858152602081905260409020600181015473ffffffffffffffffffffffffffffffffffffffff81169074010000000000000000000000000000000000000000900467ffffffffffffffff168161064557606088901c33146105a7576040517ff02cd7ac000000000000000000000000000000000000000000000000000000008152600481018990523360248201526044016102a5565b8667ffffffffffffffff166000036105ee576040517f9574b2bd000000000000000000000000000000000000000000000000000000008152600481018990526024016102a5565b8315610640576040517fb161f180000000000000000000000000000000000000000000000000000000008152600481018990526000602482015267ffffffffffffffff881660448201526064016102a5565b610833565b73ffffffffffffffffffffffffffffffffffffffff8216331461069d576040517ff02cd7ac000000000000000000000000000000000000000000000000000000008152600481018990523360248201526044016102a5565b8067ffffffffffffffff168767ffffffffffffffff161015610706576040517ff64410fb0000000000000000000000000000000000000000000000000000000081526004810189905267ffffffffffffffff8083166024830152881660448201526064016102a5565b825467ffffffffffffffff808316908916036107d257808714610776576040517f334d6d96000000000000000000000000000000000000000000000000000000008152600481018a905267ffffffffffffffff8916602482015260448101829052606481018890526084016102a5565b84156107c9576040517fb161f180000000000000000000000000000000000000000000000000000000008152600481018a905267ffffffffffffffff8084166024830152891660448201526064016102a5565b50505050610927565b6107e082828a8a8a8a610a1c565b610831576040517fb161f180000000000000000000000000000000000000000000000000000000008152600481018a905267ffffffffffffffff8084166024830152891660448201526064016102a5565b505b8583556001830180547fffffffffffffffffffffffff000000000000000000000000000000000000000067ffffffffffffffff8a167401000000000000000000000000000000000000000081027fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff63ffffffff42167c0100000000000000000000000000000000000000000000000000000000021673ffffffffffffffffffffffffffffffffffffffff909416939093179290921716331790915560405187815289907fbea4d11b910aad40d2df2a90d97a3329219b6389f85777c99daad7eb5fafd4399060200160405180910390a35050505b5050505050565b60008567ffffffffffffffff168567ffffffffffffffff16106109535750600061038c565b604051601f810160208201604083016001845288935060018a0388600196508760051b8901895b81811015610a0057836109905760009850610a00565b8388036109b1575b600188166109b1578760011c97508360011c9350610998565b60018816600181146109c957838752813586526109d1565b813587528386525b5060208560418960025afa60203d141689169850845192508760011c97508360011c935060208101905061097a565b50508c8114821588161696505050505050509695505050505050565b6000604051601f810160208201604083016001845260018b039350600189035b6001851615610a5157600194851c941c610a3c565b878760051b81018c8715610a6757506020820191355b808284111599505b82841015610b295784610a855760009950610b29565b8335858a03610aa8575b60018a16610aa8578960011c99508560011c9550610a8f565b60018a1660018114610ad65782895281885260208860418c60025afa60203d14168c169b5087519250610b10565b81895283885260208860418c60025afa60203d14168c169b50875183895260208960418d60025afa60203d14168d169c5080945050875192505b50508860011c98508460011c9450602084019350610a6f565b8c81148f83141685158b161699505050505050505050509695505050505050565b600060208284031215610b5c57600080fd5b5035919050565b803567ffffffffffffffff81168114610b7b57600080fd5b919050565b60008083601f840112610b9257600080fd5b50813567ffffffffffffffff811115610baa57600080fd5b6020830191508360208260051b8501011115610bc557600080fd5b9250929050565b600080600080600060808688031215610be457600080fd5b85359450610bf460208701610b63565b935060408601359250606086013567ffffffffffffffff811115610c1757600080fd5b610c2388828901610b80565b969995985093965092949392505050565b60008060008060008060a08789031215610c4d57600080fd5b610c5687610b63565b955060208701359450610c6b60408801610b63565b935060608701359250608087013567ffffffffffffffff811115610c8e57600080fd5b610c9a89828a01610b80565b979a9699509497509295939492505050565b60008060008060008060a08789031215610cc557600080fd5b86359550610cd560208801610b63565b9450610c6b60408801610b63565b60008060408385031215610cf657600080fd5b82359150602083013573ffffffffffffffffffffffffffffffffffffffff81168114610d2157600080fd5b80915050925092905056" as const;

export const checkpointAnchorRuntimeHash = "0x5c433ae84eb487052ec8aebce09ba3a7dccaca811641f013d6cdbcb5eb58227e" as const;

export const checkpointAnchorSalt = "0xef8dee7b6e26f5d87effe53279c7187705ffbab53fb4f3d0c78bbc58da73dcf7" as const;

export const deploymentProxy = "0x4e59b44847b379578588920cA78FbF26c0B4956C" as const;

export const checkpointAnchorAddress = "0xDE84aD2392bC3d7d3d82631B7761E296904beefB" as const;
