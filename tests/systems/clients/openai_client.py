"""OpenAI's client for python, of an older or the newest version, against a server: prints what it saw as JSON."""

import json
import pathlib
import sys
import warnings

import openai

warnings.simplefilter("ignore")
base, key, model, picture = sys.argv[1:5]
client = openai.OpenAI(base_url=f"{base}/v1", api_key=key, max_retries=0)
seen = {}


def refused(call):
    """Return the status and parameter of the error that a call raises."""
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.param]
    return None


video = client.videos.create_and_poll(prompt="a heron", model=model, seconds="4", size="1280x720", poll_interval_ms=100)
seen["status"] = video.status
seen["downloaded"] = len(client.videos.download_content(video.id).read())
guided = client.videos.create(prompt="a heron", model=model, input_reference=pathlib.Path(picture))
seen["guided"] = guided.id
seen["listed"] = [one.id for one in client.videos.list(limit=1)]
wrong = openai.OpenAI(base_url=f"{base}/v1", api_key="sk-wrong", max_retries=0)
seen["wrong_key"] = refused(lambda: wrong.videos.create(prompt="a heron", model=model))
seen["dear"] = refused(lambda: client.videos.create(prompt="a heron", model=model, extra_body={"max_usd": "0.01"}))
seen["wrong_size"] = refused(lambda: client.videos.create(prompt="a heron", model=model, size="1080x1080"))
seen["deleted"] = client.videos.delete(video.id).deleted
print(json.dumps(seen))
