"""Google's client for python against a server, on the path that its version knows: prints what it saw as JSON."""

import json
import sys
import time
import warnings

from google import genai
from google.genai import errors, types
from google.oauth2.credentials import Credentials

warnings.simplefilter("ignore")
base, key, model, picture = sys.argv[1:5]
is_vertex = int(genai.__version__.split(".")[0]) >= 3  # since then, films are asked for on Vertex alone


def open_client(key):
    """Open a client that sends the key as an API key, or where it knows Vertex alone, as a token."""
    options = types.HttpOptions(base_url=base)
    if not is_vertex:
        return genai.Client(api_key=key, http_options=options)
    return genai.Client(
        vertexai=True, project="lamp-42", location="us-central1", credentials=Credentials(key), http_options=options
    )


def refused(call):
    """Return the code of the error that a call raises."""
    try:
        call()
    except errors.APIError as error:
        return error.code
    return None


client, seen = open_client(key), {}
image = types.Image.from_file(location=picture)
seen["guided"] = client.models.generate_videos(model=model, prompt="a wave", image=image).name
operation = client.models.generate_videos(
    model=model, prompt="a wave", config=types.GenerateVideosConfig(duration_seconds=4, aspect_ratio="16:9")
)
while not operation.done:
    time.sleep(0.1)
    operation = client.operations.get(operation)
(generated,) = operation.response.generated_videos
content = generated.video.video_bytes if is_vertex else client.files.download(file=generated.video)
seen["downloaded"] = len(content)
wrong = open_client("wrong")  # held: a client that nobody holds closes its connections
seen["wrong_key"] = refused(lambda: wrong.models.generate_videos(model=model, prompt="a wave"))
long = types.GenerateVideosConfig(duration_seconds=99)
seen["wrong_length"] = refused(lambda: client.models.generate_videos(model=model, prompt="a wave", config=long))
print(json.dumps(seen))
