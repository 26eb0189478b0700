"""InternLM2 and InternLM2.5, written anew as the Llama model that they are.

Their authors ship Python files that compute a Llama network under other names, with queries, keys
and values in one matrix, and a sentencepiece tokenizer. No such file is run here: the weights are
renamed and cut apart byte for byte, the settings are said in Llama's words, and the tokenizer is
built from sentencepiece's own pieces and compared with it.

    settings.py   config.json and generation_config.json
    weights.py    model.safetensors, streamed tensor by tensor, dtype and bits as they were
    tokenizer.py  tokenizer.json and tokenizer_config.json
    names.py      which Llama layer holds what InternLM2 calls by another name
"""
