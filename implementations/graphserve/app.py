"""A graph of one node over a chat upstream: python app.py PORT UPSTREAM."""

import sys

import uvicorn
from fastapi import FastAPI
from graphserve import GraphRegistry, create_openai_router
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph

model = ChatOpenAI(model="fake-model", base_url=sys.argv[2], api_key="none", max_retries=0)


async def answer(state: MessagesState) -> dict[str, list]:
    """What the upstream says to the conversation."""
    return {"messages": [await model.ainvoke(state["messages"])]}


graph = StateGraph(MessagesState)
graph.add_node("answer", answer)
graph.add_edge(START, "answer")
graph.add_edge("answer", END)
registry = GraphRegistry()
registry.register("fake-model", graph.compile(checkpointer=InMemorySaver()))
app = FastAPI()
app.include_router(create_openai_router(registry), prefix="/v1")
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
