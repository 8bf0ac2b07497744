"""stable-baselines3: a formula goes into `policy_kwargs`, as does any activation."""
import os

from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy
from torch import nn

from nsad import discover
from nsad.activation import activation_module

SMALL = bool(os.environ.get("NSAD_SMALL"))                           # a short run, for tests
SEARCH = dict(budget=3, finalists=1, final_seeds=1) if SMALL else dict(budget=40, scales=(0.3, 3))
STEPS = 64 if SMALL else 8000


def mine(activation, seed, fidelity):
    def made(): return activation_module(activation)                 # called for each layer
    model = PPO("MlpPolicy", "CartPole-v1", seed=seed, device="cpu", n_steps=64,
                policy_kwargs=dict(activation_fn=made, net_arch=[32, 32]))
    model.learn(max(64, round(fidelity * STEPS)))
    reward, _ = evaluate_policy(model, model.get_env(), n_eval_episodes=2 if SMALL else 20)
    return -reward                                                   # a loss: lower is better


best = discover(mine, progress=False, **SEARCH).best
seeds = range(100, 101 if SMALL else 105)                            # other episodes, other starts
before, after = (-sum(mine(a, s, 1) for s in seeds) / len(seeds) for a in (nn.Tanh(), best))
print(f"mean reward: {before:.1f} with tanh, {after:.1f} with {best.text}")
