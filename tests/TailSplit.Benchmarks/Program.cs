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
IConfig config = DefaultConfig.Instance.AddJob(job).WithArtifactsPath(
    Path.Combine(AppContext.BaseDirectory, "Results"));
BenchmarkSwitcher.FromAssembly(typeof(PacketRun).Assembly).Run(args, config);
return 0;
