using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TailSplit.Benchmarks.Packets;

// "packets ..." measures forwarded packets; anything else is BenchmarkDotNet's.
if (args is ["packets", .. string[] options])
    return await PacketRun.RunAsync(PacketOptions.Parse(options));

// In this process: a build for each benchmark takes longer than all of them.
Job job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
BenchmarkSwitcher.FromAssembly(typeof(PacketRun).Assembly).Run(args, DefaultConfig.Instance.AddJob(job));
return 0;
