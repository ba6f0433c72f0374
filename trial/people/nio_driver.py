"""Plays a person's Matrix client with matrix-nio, an implementation of its own.

Dialogue as in matrix-driver.ts: JSON lines on stdin and stdout. Ends when stdin does.
"""

import asyncio
import json
import logging
import sys

from nio import (
    AsyncClient,
    ClientConfig,
    Event,
    InviteMemberEvent,
    LoginResponse,
    MegolmEvent,
    SyncResponse,
)
from nio.store import SqliteMemoryStore

SYNC_TIMEOUT_MS = 10_000
DEADLINE_S = 30

logging.disable(logging.CRITICAL)
unreadable = {}
inviters = {}


def write(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def write_event(client, room_id, event, encrypted, readable):
    if event.sender == client.user_id:
        return
    source = event.source
    write(
        {
            "event": {
                "roomId": room_id,
                "eventId": event.event_id,
                "sender": event.sender,
                "at": event.server_timestamp,
                "encrypted": encrypted,
                "readable": readable,
                "type": source.get("type", ""),
                "stateKey": source.get("state_key"),
                "redacts": source.get("redacts"),
                "content": source.get("content", {}),
            }
        }
    )


def on_event(client):
    async def handle(room, event):
        if isinstance(event, MegolmEvent):
            unreadable[event.event_id] = (room.room_id, event)
            write_event(client, room.room_id, event, True, False)
        else:
            write_event(client, room.room_id, event, bool(getattr(event, "decrypted", False)), True)

    return handle


async def on_invite(room, event):
    if event.membership == "invite":
        inviters[room.room_id] = event.sender


def on_sync(client, synced):
    async def handle(_response):
        # A key that came late makes readable what was not.
        for event_id, (room_id, event) in list(unreadable.items()):
            try:
                event.room_id = room_id
                decrypted = client.decrypt_event(event)
            except Exception:
                continue
            del unreadable[event_id]
            write_event(client, room_id, decrypted, True, True)
        synced.set()

    return handle


def rooms_of(client):
    joined = [
        {
            "roomId": room.room_id,
            "membership": "join",
            "name": room.name,
            "inviter": None,
            "encrypted": "yes" if room.encrypted else "no",
            "joined": [user for user in room.users if user not in room.invited_users],
            "invited": list(room.invited_users),
        }
        for room in client.rooms.values()
    ]
    invited = [
        {
            "roomId": room.room_id,
            "membership": "invite",
            "name": room.name,
            "inviter": inviters.get(room.room_id) or room.inviter,
            "encrypted": "yes" if room.encrypted else "no",
            "joined": [],
            "invited": [],
        }
        for room in client.invited_rooms.values()
    ]
    return joined + invited


def good(response):
    if "Error" in type(response).__name__:
        raise RuntimeError(str(response))
    return response


async def until_known(client, room_id):
    """Right after joining, whether the room is encrypted comes only with the next sync."""
    state = await client.room_get_state_event(room_id, "m.room.encryption")
    encrypted = "Error" not in type(state).__name__
    for _ in range(DEADLINE_S * 50):
        room = client.rooms.get(room_id)
        if room is not None and (room.encrypted or not encrypted):
            return
        await asyncio.sleep(0.02)
    raise RuntimeError("the room has not come by sync")


async def perform(client, call):
    do = call["do"]
    if do == "rooms":
        return rooms_of(client)
    if do == "join":
        good(await client.join(call["roomId"]))
        return None
    if do == "leave":
        good(await client.room_leave(call["roomId"]))
        return None
    if do == "invite":
        good(await client.room_invite(call["roomId"], call["userId"]))
        return None
    if do == "create":
        content = call["content"]
        response = await client.room_create(
            name=content.get("name"),
            is_direct=content.get("is_direct", False),
            invite=content["invite"],
            initial_state=content["initial_state"],
            preset=None,
            room_version="11",
        )
        return good(response).room_id
    if do == "send":
        room_id = call["roomId"]
        await until_known(client, room_id)
        if client.rooms[room_id].encrypted:
            await client.joined_members(room_id)
            if client.should_query_keys:
                await client.keys_query()
        response = await client.room_send(room_id, call["type"], call["content"], ignore_unverified_devices=True)
        return good(response).event_id
    if do == "redact":
        return good(await client.room_redact(call["roomId"], call["eventId"])).event_id
    if do == "log-out":
        good(await client.logout())
        return None
    raise RuntimeError("this client cannot do that: " + do)


async def answer(client, request):
    try:
        ok = await perform(client, request["call"])
        write({"id": request["id"], "ok": ok})
    except Exception as error:  # every failure is the asker's to judge
        write({"id": request["id"], "error": repr(error)})


async def main():
    reader = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    settings = json.loads(await reader.readline())
    # Nothing on disk: the path is asked for, and not used by this store.
    config = ClientConfig(store=SqliteMemoryStore, encryption_enabled=True, store_sync_tokens=False)
    client = AsyncClient(settings["baseUrl"], settings["user"], store_path="unused", config=config)
    login = await client.login(settings["password"])
    if not isinstance(login, LoginResponse):
        raise RuntimeError(str(login))

    synced = asyncio.Event()
    client.add_event_callback(on_event(client), (Event,))
    client.add_event_callback(on_invite, (InviteMemberEvent,))
    client.add_response_callback(on_sync(client, synced), (SyncResponse,))
    sync_filter = {"room": {"timeline": {"limit": settings["timelineLimit"]}}}
    syncing = asyncio.create_task(
        client.sync_forever(timeout=SYNC_TIMEOUT_MS, sync_filter=sync_filter, full_state=True, set_presence="offline")
    )
    await synced.wait()
    while client.should_upload_keys:
        await asyncio.sleep(0.02)
    write({"ready": {"userId": client.user_id, "deviceId": client.device_id}})

    running = set()
    while line := await reader.readline():
        task = asyncio.create_task(answer(client, json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)
    syncing.cancel()
    await client.close()


asyncio.run(main())
